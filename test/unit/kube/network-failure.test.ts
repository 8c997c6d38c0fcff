import assert from 'node:assert/strict';
import test from 'node:test';
import { networkFailure } from '../../../src/kube/network-failure.ts';

const failure = (code: string) => Object.assign(new Error(`it was ${code}`), { code });

test('what the system, OpenSSL and undici report becomes a reason that stays', () => {
  const reasons = {
    ECONNREFUSED: 'ConnectionRefused',
    ECONNRESET: 'ConnectionReset',
    EPIPE: 'ConnectionReset',
    UND_ERR_SOCKET: 'ConnectionReset',
    ENOTFOUND: 'NameNotFound',
    EAI_AGAIN: 'NameNotFound',
    UND_ERR_CONNECT_TIMEOUT: 'Timeout',
    CERT_HAS_EXPIRED: 'CertificateInvalid',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'CertificateInvalid',
    SELF_SIGNED_CERT_IN_CHAIN: 'CertificateInvalid',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'CertificateInvalid',
    ERR_TLS_CERT_ALTNAME_INVALID: 'CertificateInvalid',
    ENETUNREACH: 'Unreachable',
    UND_ERR_ABORTED: 'Unreachable',
  };
  for (const [code, reason] of Object.entries(reasons)) {
    assert.deepEqual(networkFailure(failure(code)), { reason, message: `it was ${code}` });
  }
});

test('of a host with several addresses the first failure counts', () => {
  const several = new AggregateError([failure('ECONNREFUSED'), failure('ENETUNREACH')]);
  assert.equal(networkFailure(several).reason, 'ConnectionRefused');
});

test('an error without words is told by its code, and what is no error by itself', () => {
  assert.equal(networkFailure(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })).message, 'ECONNREFUSED');
  assert.deepEqual(networkFailure('gone'), { reason: 'Unreachable', message: 'gone' });
});
