import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixedSettings, ServerSettings } from '../../../../src/api/server-settings.ts';
import { liveOptions } from '../../../../src/main/server/live-options.ts';
import { liveSettings, openSettings } from '../../../../src/main/server/live-settings.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { sampleSettings } from '../../../support/sample-machine.ts';

type Change = (settings: ServerSettings) => void;

function changed(change: Change, from = sampleSettings()): ServerSettings {
  const settings = structuredClone(from);
  change(settings);
  return settings;
}

const seen = changed((settings) => {
  settings.access.clientAddress = 'preserved';
});
const live: Record<string, Change> = {
  maxRunning: (settings) => {
    settings.spec.containers.maxRunning = 2;
  },
  'the ISO': (settings) => {
    settings.spec.iso.image = 'iso:2';
  },
  clientTimeoutSeconds: (settings) => {
    settings.spec.clientTimeoutSeconds = 99;
  },
  'the filter': (settings) => {
    settings.access.ipFilter = { allow: [], deny: ['192.0.2.0/24'] };
  },
  'the address': (settings) => {
    settings.address = { host: '192.0.2.1' };
  },
};
for (const [what, change] of Object.entries(live)) {
  test(`${what} may change while a server pod runs`, () => {
    const next = changed(change, seen);
    assert.deepEqual(liveSettings(seen, next), next);
  });
}

const fixed: Record<string, Change> = {
  listenPort: (settings) => {
    settings.spec.listenPort = 7000;
  },
  'the endpoint': (settings) => {
    settings.spec.containers.endpoint.port = 2222;
  },
  'the doors': (settings) => {
    settings.access.tls.enabled = true;
  },
  'the kind of key': (settings) => {
    settings.onetimeKey = { bits: 2048 };
  },
};
for (const [what, change] of Object.entries(fixed)) {
  test(`a change of ${what} waits for a new pod, and what else has changed acts at once`, () => {
    const next = changed((settings) => {
      change(settings);
      for (const alter of Object.values(live)) alter(settings);
    }, seen);
    const result = liveSettings(seen, next);
    assert.deepEqual(fixedSettings(result), fixedSettings(seen));
    const both = changed((settings) => Object.values(live).forEach((alter) => void alter(settings)), seen);
    assert.deepEqual(result, both);
  });
}

test('a filter waits for a new pod where this one does not see addresses', () => {
  const next = changed((settings) => live['the filter']?.(settings), seen);
  assert.equal(liveSettings(sampleSettings(), next).access.ipFilter, undefined);
});

test('what follows the settings is told to the server', () => {
  const settings = changed((given) => {
    given.spec.clientTimeoutSeconds = 11;
    given.spec.containers.startTimeoutSeconds = 40;
  });
  const told = { clientTimeout: 11, startTimeout: 40, stopGrace: 51, ipFilter: undefined };
  assert.deepEqual(liveOptions(settings), told);
});

async function opened(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'anweddol-settings-'));
  const path = join(folder, 'settings.json');
  const write = (content: unknown) => writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  await write(sampleSettings());
  const clock = new FakeClock();
  const log = new RecordedLog();
  const taken: number[] = [];
  const onChange = ({ spec }: ServerSettings) => {
    if (spec.containers.maxRunning === 13) throw new Error('not 13');
    taken.push(spec.containers.maxRunning);
  };
  const settings = await openSettings(path, { clock, log, onChange });
  t.after(async () => {
    settings[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });
  const look = () => clock.advanceToNext();
  return { settings, write, look, clock, log, taken };
}

const withSlots = (maxRunning: number) =>
  changed((settings) => {
    settings.spec.containers.maxRunning = maxRunning;
  });

test('a settings file is read again each second', async (t) => {
  const { settings, write, look, log, taken } = await opened(t);
  await write(withSlots(3));
  assert.equal(await look(), 1_000);
  await log.line('settings reloaded');
  assert.equal(settings.current.spec.containers.maxRunning, 3);
  assert.deepEqual(taken, [3]);
});

for (const [what, content] of Object.entries({
  'no JSON': '{"server":',
  'no settings': { server: {} },
  'refused by who acts on it': withSlots(13),
})) {
  test(`a settings file that is ${what} is logged, and the settings before stay`, async (t) => {
    const { settings, write, look, log, taken } = await opened(t);
    await write(content);
    await look();
    await look();
    assert.equal((await log.line('those before stay')).level, 'error');
    assert.deepEqual(settings.current, ServerSettings.parse(sampleSettings()));
    await write(withSlots(4));
    await look();
    await log.line('settings reloaded');
    assert.deepEqual(taken, [4]);
  });
}
