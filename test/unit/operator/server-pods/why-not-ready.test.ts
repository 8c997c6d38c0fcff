import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../../../src/kube/resources.ts';
import { whyNotReady } from '../../../../src/operator/server-pods/why-not-ready.ts';
import { sampleServer } from '../../../support/sample-server.ts';

const IMAGE = 'registry.example/server:1';
const ID = '0a'.repeat(32);
const password = { containers: { endpoint: { passwordSecretRef: { name: 'entry', key: 'word' } } } };

type Container = Record<string, unknown>;
const podWith = (status: object, metadata: object = {}) =>
  ({ metadata, spec: { containers: [{ name: 'server', image: IMAGE }] }, status }) as Pod;
const container = (fields: Container) =>
  podWith({
    phase: 'Pending',
    containerStatuses: [{ name: 'server', ready: false, restartCount: 0, image: '', imageID: '', ...fields }],
  });
const waiting = (reason: string, message = '', fields: Container = {}) =>
  container({ state: { waiting: { reason, message } }, ...fields });
const unscheduled = (message: string) =>
  podWith({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] });
const ended = (fields: object = {}) => ({ terminated: { exitCode: 3, reason: 'Error', ...fields } });
const told = (...pods: Pod[]) => whyNotReady(sampleServer(password), pods)?.text;

/** What kubelets and schedulers say, and what is told of it. */
const TABLE: [name: string, pod: Pod, words: RegExp][] = [
  [
    'a name that is none',
    waiting('InvalidImageName', `Failed to apply default image tag "${IMAGE}": invalid reference format`),
    /^"registry\.example\/server:1" is no name of an image: mend pod\.image$/,
  ],
  [
    'a missing Secret that the environment needs',
    waiting('CreateContainerConfigError', 'secret "mine" not found'),
    /^container server can't be made: secret "mine" not found$/,
  ],
  [
    'a runtime that can not, without what it called this try',
    waiting('CreateContainerError', `failed to reserve container name: name is reserved for "${ID}"`),
    /^container server can't be made: failed to reserve container name: name is reserved for "…"$/,
  ],
  [
    'a user that may not be, without the name of the pod',
    waiting(
      'CreateContainerConfigError',
      'container has runAsNonRoot and image will run as root (pod: "lab-server-1_anweddol(6f0c0a52-0000)", container: server)',
    ),
    /^container server can't be made: container has runAsNonRoot and image will run as root$/,
  ],
  [
    'no node',
    unscheduled("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."),
    /^no node takes a pod \(0\/2 nodes are available: .*selector\.\): free or add one, or mend pod\.nodeSelector/,
  ],
  [
    'a program that ends, with its last words',
    waiting('CrashLoopBackOff', 'back-off 40s', { lastState: ended({ message: 'a line\nno such key\n' }) }),
    /^container server ends with exit code 3, saying: no such key: look at its log \(kubectl logs --previous\)$/,
  ],
  [
    'a program that ends, with what its own log says last',
    waiting('CrashLoopBackOff', '', { lastState: ended({ message: '{"time":1,"msg":"no \\"key\\"","pid":2}' }) }),
    /^container server ends with exit code 3, saying: no "key": look/,
  ],
  [
    'a program that ends without a word',
    container({ state: ended() }),
    /^container server ends with exit code 3: look/,
  ],
  [
    'too little memory',
    waiting('CrashLoopBackOff', '', { lastState: ended({ reason: 'OOMKilled', exitCode: 137 }) }),
    /^container server needs more memory than it may have: raise pod\.resources\.limits$/,
  ],
  [
    'something that is mounted',
    waiting('ContainerCreating'),
    /^a pod waits for what it mounts: Secret entry must have the key word \(containers\.endpoint\.passwordSecretRef\)$/,
  ],
];

for (const [name, pod, words] of TABLE) {
  test(`a pod that is not ready for ${name}`, () => {
    assert.match(told(pod) ?? '', words);
  });
}

test('the same is said at each try of a kubelet', () => {
  const cause = `rpc error: code = Unknown desc = dial tcp 192.0.2.1:${40_000}: i/o timeout`;
  const pulls = [
    waiting('ErrImagePull', cause),
    waiting('ImagePullBackOff', `Back-off pulling image "${IMAGE}": ErrImagePull: ${cause}`),
    waiting('ImagePullBackOff', `Back-off pulling image "${IMAGE}"`),
  ];
  const starts = [
    container({ state: ended() }),
    waiting('CrashLoopBackOff', 'back-off 10s restarting failed container', { lastState: ended() }),
    container({ state: { running: {} }, restartCount: 1, lastState: ended() }),
    waiting('CrashLoopBackOff', 'back-off 20s restarting failed container', { lastState: ended() }),
  ];
  for (const tries of [pulls, starts]) assert.equal(new Set(tries.map((pod) => told(pod))).size, 1);
  assert.match(told(pulls[0] as Pod) ?? '', /image registry\.example\/server:1 can't be pulled: mend pod\.image,/);
});

test('what pods have in common is said once, in the same order whichever comes first', () => {
  const [pull, end, node] = [waiting('ErrImagePull'), container({ state: ended() }), unscheduled('no room')];
  assert.equal(told(pull, pull), told(pull));
  assert.equal(told(pull, end, node), told(node, pull, end));
  assert.equal(told(pull, end)?.split('; ').length, 2);
});

test('a text of any length is cut', () => {
  const pods = Array.from({ length: 9 }, (_, index) => unscheduled(`${index}${'é '.repeat(9_000)}`));
  assert.ok((told(...pods) ?? '').length < 1_500);
});

test('pods that are ready, over, going or only starting have nothing to tell', () => {
  const status = waiting('ErrImagePull').status as object;
  const quiet = [
    podWith({ ...status, conditions: [{ type: 'Ready', status: 'True' }] }),
    podWith({ ...status, phase: 'Failed' }),
    podWith(status, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    podWith({ phase: 'Pending' }),
    container({ state: { running: {} } }),
  ];
  assert.equal(told(...quiet), undefined);
  assert.equal(whyNotReady(sampleServer(), [waiting('ContainerCreating')]), undefined);
});

test('what only time may mend is not told beside what it does not', () => {
  const pods = [waiting('ContainerCreating'), waiting('ErrImagePull')];
  const found = whyNotReady(sampleServer(password), pods);
  assert.equal(found?.isTrouble, true);
  assert.doesNotMatch(found.text, /mounts/);
  assert.equal(whyNotReady(sampleServer(password), pods.slice(0, 1))?.isTrouble, false);
});
