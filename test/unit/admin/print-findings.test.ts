import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known } from '../../../src/admin/cluster/answer.ts';
import { examine } from '../../../src/admin/doctor/checks/all.ts';
import type { Finding } from '../../../src/admin/doctor/finding.ts';
import { findingsJson, findingsText } from '../../../src/admin/doctor/print-findings.ts';
import { condition, goodServer, healthyFacts } from './facts.ts';

const examination = (findings: Finding[]) => ({
  version: '0.1.0',
  cluster: 'https://192.0.2.1:6443',
  at: '2026-01-01T12:00:00.000Z',
  findings,
});

test('findings are told in lines of 80 characters, each with what to do, and counted in the end', () => {
  const text = findingsText(
    examination([
      { check: 'api-server', result: 'ok', found: 'Kubernetes v1.36.1 answers at https://192.0.2.1:6443.' },
      {
        check: 'server-condition',
        result: 'failed',
        about: 'class/lab',
        found: 'IsoReady is False, IsoDigestMismatch: The ISO has another SHA-256 than the announced one.',
        remedy: 'Use the right ISO, or announce the right SHA-256 after making sure that it is the right one.',
      },
      { check: 'network-plugin', result: 'unknown', found: 'It is not known.' },
    ]),
    80,
  );
  assert.equal(
    text,
    `ok       api-server: Kubernetes v1.36.1 answers at https://192.0.2.1:6443.
failed   server-condition class/lab: IsoReady is False, IsoDigestMismatch: The
         ISO has another SHA-256 than the announced one.
         do: Use the right ISO, or announce the right SHA-256 after making sure
         that it is the right one.
unknown  network-plugin: It is not known.

1 ok, 0 warnings, 1 failed, 1 unknown
`,
  );
});

const HOSTILE = '\x1b[2J\x1b]0;owned\x07\r\u009b31m\u202e\n- ok everything';

test('what is written in resources can not disturb the terminal, as text and as JSON', () => {
  const { metadata, ...server } = goodServer({
    status: {
      phase: HOSTILE,
      conditions: [condition('Ready', 'False', HOSTILE, HOSTILE.repeat(2000))],
      address: { host: HOSTILE, port: 6150 },
      publicKey: { sha256: HOSTILE, secretName: HOSTILE },
      iso: { sha256: HOSTILE, fingerprint: '' },
      certificates: { tls: { notAfter: HOSTILE } },
    },
  });
  const named = { ...server, metadata: { ...metadata, name: `lab${HOSTILE}${'x'.repeat(300)}` } };
  const findings = examine(healthyFacts({ servers: known([named]) }));
  const text = findingsText(examination(findings), 80);
  const acts = /[\p{Cc}\p{Cf}]/u;
  for (const line of text.split('\n')) {
    assert.ok(line.length <= 80 && !acts.test(line), JSON.stringify(line));
    assert.match(line, /^(ok|warning|failed|unknown) |^ {9}|^$|^\d+ ok, /);
  }
  assert.ok(text.length < 20_000);
  const json = findingsJson(examination(findings));
  assert.ok(json.split('\n').every((line) => !acts.test(line)));
  assert.equal(JSON.parse(json).findings.length, findings.length);
});
