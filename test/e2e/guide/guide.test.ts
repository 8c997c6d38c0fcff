/** The operations guide, followed: its own commands, in an order that a reader might take, on a cluster with played machines. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { IN_MEMORY, type Plane } from '../../support/planes.ts';
import { suite } from '../../support/suite.ts';
import { HELM_4 } from '../../unit/chart/helms.ts';
import { guideBlocks } from './blocks.ts';
import { BACKUP } from './course/backup.ts';
import { CONTAINERS } from './course/containers.ts';
import { END } from './course/end.ts';
import { IDENTITY } from './course/identity.ts';
import { INSTALL } from './course/install.ts';
import { OTHERS } from './course/others.ts';
import { UPGRADE } from './course/upgrade.ts';
import { NOT_FOLLOWED } from './not-followed.ts';
import { type Reader, startReader } from './reader.ts';
import type { Step } from './step.ts';

/** A loopback address of its own. */
const HOST = '127.0.0.101';
const COURSE: Step[] = [...INSTALL, ...CONTAINERS, ...IDENTITY, ...BACKUP, ...UPGRADE, ...OTHERS, ...END];

const blocks = await guideBlocks();

test('every shell block of the guide is followed, or listed with why it is not', () => {
  const listed = [...COURSE.map(({ at }) => at), ...Object.keys(NOT_FOLLOWED)];
  assert.deepEqual(listed.toSorted(), [...blocks.keys()].toSorted());
});

test('a block that is left out because another says the same does say the same', () => {
  const [first = ''] = (blocks.get('README.md: Operations guide') ?? '').split(/\n(?=kubectl)/);
  assert.equal(blocks.get('install.md: By Helm')?.trim(), first.trim());
});

suite('the guide is true when it is followed', HELM_4.skip, () => followed(IN_MEMORY, HOST));

function followed(plane: Plane, host: string): void {
  let reader: Reader;
  let failed: string | undefined;
  before(async () => {
    reader = await startReader(host, plane, HELM_4.program);
  });
  after(() => reader?.close());

  for (const { at, given, mayTakeAMoment, shows } of COURSE) {
    test(at, async () => {
      // What comes later builds upon it, and would wait for long.
      assert.equal(failed, undefined, 'a step before failed');
      failed = at;
      const commands = blocks.get(at) ?? '';
      await given?.(reader);
      const succeeds = async () => {
        const ran = await reader.tries(commands);
        assert.equal(ran.code, 0, `${ran.stdout}${ran.stderr}`);
        return ran;
      };
      await shows(reader, mayTakeAMoment ? await reader.eventually(succeeds) : await succeeds());
      failed = undefined;
    });
  }
}
