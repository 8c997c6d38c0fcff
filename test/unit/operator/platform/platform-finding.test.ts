import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTooOld, type KubeVirtRelease, releaseOf } from '../../../../src/operator/platform/kubevirt-release.ts';
import { withMachines } from '../../../../src/operator/platform/machines-finding.ts';
import { platformFinding, platformTakes } from '../../../../src/operator/platform/platform-finding.ts';
import { sampleMachine } from '../../../support/sample-machine.ts';

const release = (version: string, isEmulated = false): KubeVirtRelease => ({ version, isEmulated });
const taken = (rebootPolicy: 'Terminate' | 'Reboot') => ({ verdict: 'taken', rebootPolicy }) as const;

test('each release of KubeVirt is told by its version, and by what it makes of a reset machine', () => {
  const matrix = [
    ['v1.6.2', 'Reboot', 'True', 'RebootPolicyUnsupported'],
    ['v1.7.0', 'Reboot', 'True', 'RebootPolicyUnsupported'],
    // With the gate closed, and open.
    ['v1.8.1', 'Reboot', 'True', 'RebootPolicyUnsupported'],
    ['v1.8.1', 'Terminate', 'True', 'KubeVirtPresent'],
    ['v1.9.0', 'Terminate', 'True', 'KubeVirtPresent'],
    ['v1.6.2', 'Terminate', 'True', 'KubeVirtTooOld'],
  ] as const;
  for (const [version, made, status, reason] of matrix) {
    const found = platformFinding('Terminate', taken(made), release(version));
    assert.deepEqual([found.status, found.reason, found.rebootPolicy], [status, reason, made], version);
    assert.ok(found.message.includes(version), found.message);
  }
});

test('who asks for a reboot gets it from every release', () => {
  for (const version of ['v1.7.0', 'v1.8.0', 'v1.9.0']) {
    assert.equal(platformFinding('Reboot', taken('Reboot'), release(version)).reason, 'KubeVirtPresent');
  }
});

test('a release that is unknown, or emulates, is used, and that is said', () => {
  const unknown = platformFinding('Terminate', taken('Terminate'), { isEmulated: false });
  assert.deepEqual([unknown.status, unknown.reason], ['True', 'KubeVirtVersionUnknown']);
  const emulated = platformFinding('Terminate', taken('Terminate'), release('v1.9.0', true));
  assert.deepEqual([emulated.status, emulated.reason], ['True', 'SoftwareEmulation']);
  assert.match(emulated.message, /startTimeoutSeconds/);
});

test('a machine that is refused is told with the version, and an old one with what helps', () => {
  const refused = { verdict: 'refused', why: 'unknown field "spec.x"' } as const;
  const found = platformFinding('Terminate', refused, release('v1.9.0'));
  assert.deepEqual([found.status, found.reason, found.rebootPolicy], ['False', 'MachineRefused', undefined]);
  assert.match(found.message, /v1\.9\.0: unknown field "spec\.x"/);
  const old = platformFinding('Terminate', refused, release('v1.4.0'));
  assert.deepEqual([old.status, old.reason], ['False', 'KubeVirtTooOld']);
  assert.match(old.message, /upgrade it.*unknown field/);
});

test('a quota that is used up leaves the server its pods', () => {
  const verdict = { verdict: 'over quota', why: 'exceeded quota: vms', rebootPolicy: 'Terminate' } as const;
  const found = platformFinding('Terminate', verdict, release('v1.9.0'));
  assert.deepEqual([found.status, found.reason, found.rebootPolicy], ['False', 'QuotaExceeded', 'Terminate']);
});

test('the version is read out of the KubeVirt resource, and one that can not be read is not too old', () => {
  const spec = { configuration: { developerConfiguration: { useEmulation: true } } };
  assert.deepEqual(releaseOf([{ spec, status: { observedKubeVirtVersion: 'v1.8.0' } }]), release('v1.8.0', true));
  assert.deepEqual(releaseOf([]), { isEmulated: false });
  const old = ['v0.59.0', 'v1.6.9', '1.0.0', 'v1.7.0', 'v1.10.0', 'v2.0.0', 'devel'].filter((version) =>
    isTooOld(release(version)),
  );
  assert.deepEqual(old, ['v0.59.0', 'v1.6.9', '1.0.0']);
});

test('machines whose pods are refused or fail show what is wrong with the platform', () => {
  const withMessage = (message: string, status = 'False') =>
    sampleMachine({ status: { conditions: [{ type: 'Synchronized', status, reason: 'FailedCreate', message }] } });
  const refused = 'failed to create virtual machine pod: pods "virt-launcher-x" is forbidden';
  const cases = [
    [`${refused}: exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0`, 'QuotaExceeded'],
    [`${refused}: failed quota: small: must specify limits.cpu for: compute`, 'QuotaExceeded'],
    [`${refused}: status unknown for quota: small, resources: pods`, 'QuotaExceeded'],
    [`${refused}: violates PodSecurity "restricted:latest": seccompProfile`, 'LauncherRefused'],
    [`${refused}: ValidatingAdmissionPolicy 'x' with binding 'x' denied request: no`, 'LauncherRefused'],
    ['failed to create virtual machine pod: admission webhook "x.example" denied the request: no', 'LauncherRefused'],
    ['exec: "/container-disk-binary/usr/bin/container-disk": no such file or directory', 'ImageVolumesBroken'],
  ];
  for (const [message = '', reason] of cases) {
    const found = withMachines(platformTakes('Terminate'), [withMessage('all is well', 'True'), withMessage(message)]);
    assert.deepEqual([found.status, found.reason, found.rebootPolicy], ['False', reason, 'Terminate']);
    assert.ok(found.message.includes(message));
  }
  const known = platformTakes('Terminate');
  assert.equal(withMachines(known, [withMessage('no node is free'), sampleMachine()]), known);
});
