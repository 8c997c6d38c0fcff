import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenFinding } from '../../../../src/operator/tokens/token-finding.ts';
import { sampleServer } from '../../../support/sample-server.ts';

const spec = { serverName: 'lab', enabled: true };
const NOW = Date.parse('2026-06-01T00:00:00Z');
const facts = { server: sampleServer({ accessTokens: { required: true } }), isLeftOut: false, now: NOW };
const told = ({ status, reason }: { status: string; reason: string }) => [status, reason];

test('a token that its server takes is usable', () => {
  assert.deepEqual(told(tokenFinding(spec, facts)), ['True', 'TokenUsable']);
});

test('a token is expired from its very time on', () => {
  const at = (now: number) => told(tokenFinding({ ...spec, expiresAt: '2026-06-01T00:00:00Z' }, { ...facts, now }));
  assert.deepEqual(at(NOW - 1), ['True', 'TokenUsable']);
  assert.deepEqual(at(NOW), ['False', 'TokenExpired']);
});

test('why a token is of no use is told: disabled, no server, no room', () => {
  assert.deepEqual(told(tokenFinding({ ...spec, enabled: false }, facts)), ['False', 'TokenDisabled']);
  assert.deepEqual(told(tokenFinding(spec, { ...facts, server: undefined })), ['False', 'ServerMissing']);
  assert.deepEqual(told(tokenFinding(spec, { ...facts, isLeftOut: true })), ['False', 'TokenLeftOut']);
});

test('a token for a server that requires none is told apart', () => {
  assert.deepEqual(told(tokenFinding(spec, { ...facts, server: sampleServer() })), ['True', 'TokenNotRequired']);
});
