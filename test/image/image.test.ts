import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { installTools } from '../../src/main/demo/tools.ts';
import { VERSION } from '../../src/version.ts';
import { suite } from '../support/suite.ts';
import { HELM_4, render } from '../unit/chart/helms.ts';
import type { Facts, RunFacts } from './facts.ts';
import { runIsolated } from './isolated.ts';
import { readLayout } from './layout.ts';
import { type Answer, makeImage } from './make-image.ts';
import { removeGroups } from './memory-cgroup.ts';

const MAX_BYTES = 150e6;
const PATIENCE_MS = 120_000;
const CGROUP = `anweddol-image-test-${process.pid}`;
/** What an AnweddolServer has that names no other number. */
const SLOTS = 6;
const MEBIBYTE = 2 ** 20;
const TOOLS = [
  { program: 'runc', packages: ['runc'] },
  { program: 'ip', packages: ['iproute2'] },
];

const run = promisify(execFile);

let folder: string;
let image: Answer;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-test-'));
  image = await makeImage(['--layout', '--output', join(folder, 'first')]);
});
after(() => rm(folder, { recursive: true, force: true }));

test('the image is small', (t) => {
  const { compressedBytes, unpackedBytes } = image;
  t.diagnostic(`compressed ${megabytes(compressedBytes)}, unpacked ${megabytes(unpackedBytes)}`);
  assert.ok(unpackedBytes <= MAX_BYTES, `${unpackedBytes} bytes`);
});

test('every blob is what its name says, and every layer what the configuration says', async () => {
  const { digest, config, layers } = await readLayout(image.path);
  assert.equal(digest, image.digest);
  const found: string[] = [];
  for (const layer of layers) found.push(`sha256:${await digestOfUnpacked(layer)}`);
  assert.deepEqual(found, config.rootfs.diff_ids);
  assert.equal(config.history.length, layers.length);
});

test('made again elsewhere, under another umask, time zone and locale, it has the same digest', async () => {
  const before = process.umask(0o077);
  try {
    const second = await makeImage(['--output', join(folder, 'second')], { TZ: 'Asia/Tokyo', LC_ALL: 'C' });
    assert.equal(second.digest, image.digest);
    // One file, that older programs find their way in as well.
    const { stdout } = await run('tar', ['-xOf', second.path, 'manifest.json']);
    assert.match(stdout, /^\[\{"Config":"blobs\/sha256\/[0-9a-f]{64}","RepoTags":\["anweddol-operator:/);
  } finally {
    process.umask(before);
  }
});

test('another date gives another digest', async () => {
  const later = await makeImage(['iso', ...(await isoArgs('later'))], { SOURCE_DATE_EPOCH: '1700000001' });
  const now = await makeImage(['iso', ...(await isoArgs('now'))]);
  assert.notEqual(later.digest, now.digest);
});

test('the bill of materials and the licences beside it are those inside', async () => {
  const documents = 'usr/share/doc/anweddol-operator';
  const { layers } = await readLayout(image.path);
  const inside = async (name: string) =>
    (await run('tar', ['-xzOf', layers.at(-1) ?? '', `${documents}/${name}`])).stdout;
  assert.equal(await inside('sbom.cdx.json'), await readFile(image.sbom ?? '', 'utf8'));
  assert.equal(await inside('THIRD-PARTY.txt'), await readFile(image.licences ?? '', 'utf8'));
});

suite('containers of the image', process.getuid?.() !== 0 && 'needs root', () => {
  let facts: Facts;
  let left: string[];

  before(async () => {
    await installTools(TOOLS, (line) => process.stderr.write(`${line}\n`));
    const iso = await makeImage(['iso', ...(await isoArgs('iso'))]);
    const work = await mkdtemp(join(folder, 'run-'));
    try {
      const hooks = join(work, 'hooks.json');
      await writeFile(hooks, JSON.stringify(await hookPods()));
      const output = await runIsolated([image.path, iso.path, work, CGROUP, hooks], AbortSignal.timeout(PATIENCE_MS));
      facts = JSON.parse(output) as Facts;
    } finally {
      left = [...(await mountsUnder(work)), ...(await processesIn(work)), ...(await groupsWithProcesses())];
      await removeGroups(CGROUP);
    }
  });

  for (const name of ['operator', 'operatorAgain', 'server'] as const) {
    test(`${name}: becomes ready as an unprivileged user with a root that it can't write`, (t) => {
      const { status, readOnlyRoot, readyMs, resident, memoryLimit } = facts[name];
      t.diagnostic(`ready after ${Math.round(readyMs)} ms, ${limitText(facts[name])}`);
      assert.equal(status.Uid, '65532\t65532\t65532\t65532');
      assert.equal(status.Gid, '65532\t65532\t65532\t65532');
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        assert.equal(status[set], '0'.repeat(16), set);
      assert.equal(status.NoNewPrivs, '1');
      assert.equal(readOnlyRoot, true);
      if (memoryLimit > 0) assert.ok(resident < memoryLimit);
    });

    test(`${name}: tells its metrics`, () => {
      const program = name === 'server' ? 'server' : 'operator';
      assert.ok(facts[name].metrics.includes(`anweddol_build_info{program="${program}",version="${VERSION}"`));
    });

    test(`${name}: as the first process of a container it ends at SIGTERM, with 0`, (t) => {
      const { end, output } = facts[name];
      t.diagnostic(`ended ${Math.round(end.ms)} ms after SIGTERM`);
      assert.equal(end.code, 0, output);
    });
  }

  test('the server answers STAT, also to the anwdl of the image', () => {
    for (const answer of [facts.server.statistics, facts.server.anwdl]) {
      const { version, available } = answer as { version?: string; available?: number };
      assert.deepEqual({ version, available }, { version: VERSION, available: SLOTS });
    }
  });

  test("the chart's pod that waits for the definitions finds them", { skip: HELM_4.skip }, () => {
    const { code, said } = facts.hooks['await-crds'] ?? {};
    assert.equal(code, 0, said);
    assert.match(said ?? '', /the API server has the custom resources/);
  });

  test('the pod of helm test asks the server, from the working directory of the image', { skip: HELM_4.skip }, () => {
    const { code, said } = facts.hooks.stat ?? {};
    assert.equal(code, 0, said);
    assert.match(said ?? '', new RegExp(`\\b${SLOTS}\\b`));
  });

  test('the ISO of the other image can be read by the one that checks it', async () => {
    assert.deepEqual(facts.isoDigest, { code: 0, said: createHash('sha256').update(isoBytes()).digest('hex') });
  });

  test('nothing of it runs or is mounted afterwards', () => {
    assert.deepEqual(left, []);
  });
});

test("a containerDisk holds one file, which QEMU's user owns and everybody reads", async () => {
  const { path, isoSha256 } = await makeImage(['iso', ...(await isoArgs('disk'))]);
  const { layers, config } = await readLayout(path);
  const { stdout } = await run('tar', ['--numeric-owner', '-tvzf', layers[0] ?? '']);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/));
  assert.deepEqual(
    lines.map(([mode, owner, bytes, , , name]) => [mode, owner, bytes, name]),
    [
      ['drwxr-xr-x', '107/107', '0', 'disk/'],
      ['-r--r--r--', '107/107', String(isoBytes().length), 'disk/lab.iso'],
    ],
  );
  assert.equal(layers.length, 1);
  assert.equal(isoSha256, createHash('sha256').update(isoBytes()).digest('hex'));
  assert.equal(config.config.Labels['io.anweddol.iso.sha256'], isoSha256);
});

/** As much of an ISO as says that it is one. */
function isoBytes(): Buffer {
  const bytes = Buffer.alloc(17 * 2048);
  bytes.write('\u0001CD001', 16 * 2048);
  return bytes;
}

/** Of a release that brings the definitions and a server; none without helm. */
async function hookPods(): Promise<object[]> {
  if (HELM_4.skip) return [];
  const values = { servers: [{ name: 'lab', spec: {} }], helmTest: { address: '127.0.0.1:6150' } };
  return (await render(HELM_4, values)).filter(({ kind }) => kind === 'Pod');
}

async function isoArgs(name: string): Promise<string[]> {
  const own = await mkdtemp(join(folder, `${name}-`));
  await writeFile(join(own, 'lab.iso'), isoBytes());
  return ['--iso', join(own, 'lab.iso'), '--layout', '--output', join(own, 'image')];
}

async function digestOfUnpacked(layer: string): Promise<string> {
  const { stdout } = await run('sh', ['-c', 'gzip -dc "$0" | sha256sum', layer]);
  return stdout.split(' ')[0] ?? '';
}

async function mountsUnder(path: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return lines.filter((line) => line.includes(path));
}

/** Those whose command line names the folder: runc, and the test's own program. */
async function processesIn(path: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(path)) found.push(`${pid}: ${command.replaceAll('\0', ' ')}`);
  }
  return found;
}

/** Processes of containers: they are in groups of ours, whatever their command line. */
async function groupsWithProcesses(): Promise<string[]> {
  const { stdout } = await run('sh', [
    '-c',
    `cat /sys/fs/cgroup/*/${CGROUP}/*/cgroup.procs /sys/fs/cgroup/${CGROUP}/*/cgroup.procs 2>/dev/null; true`,
  ]);
  return stdout.split('\n').filter(Boolean);
}

function limitText({ memoryLimit, resident }: RunFacts): string {
  if (memoryLimit === 0) return 'memory is not limited: this kernel lends no memory cgroup';
  return `${Math.round(resident / MEBIBYTE)} MiB resident of ${Math.round(memoryLimit / MEBIBYTE)} MiB`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
