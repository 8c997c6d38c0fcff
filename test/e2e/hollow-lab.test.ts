import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { untilNothingIsLeft } from '../../src/main/demo/lab.ts';
import { type Caller, create, destroy, runInContainer } from '../../src/main/demo/walkthrough.ts';
import { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { readyServer, startTestLab, type TestLab } from '../support/lab.ts';
import { PLANES, type Plane } from '../support/planes.ts';
import { suite } from '../support/suite.ts';

/** A lab each, on a loopback address of its own. */
const HOSTS = ['127.0.0.41', '127.0.0.42'];

for (const [index, plane] of PLANES.entries()) {
  suite(`played machines on the ${plane.name}`, plane.skip, () => playedOn(plane, HOSTS[index] ?? ''));
}

function playedOn(plane: Plane, host: string): void {
  let testLab: TestLab;
  let caller: Caller;

  before(async () => {
    testLab = await startTestLab(host, plane, { hollow: true });
    const key = await RSAWrapper.generate({ bits: 2048 });
    const server = await readyServer(testLab, 'lab', { containers: { maxRunning: 2 } });
    caller = { server, key, signal: testLab.patience() };
  });
  after(() => testLab?.close());

  test('a client is given a container, logs in through the load balancer, and destroys it', async () => {
    const container = await create(caller);
    const said = await runInContainer(host, container, 'id -un', testLab.patience());
    assert.equal(said.trim(), container.container_username);
    await destroy(caller, container);
    await untilNothingIsLeft(testLab.lab, testLab.patience());
  });
}
