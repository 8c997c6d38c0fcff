import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnweddolAccessToken } from '../../src/api/resources.ts';
import { loopbackOf } from '../../src/embedded/node/host-address.ts';
import { Pod, Secret } from '../../src/kube/resources.ts';
import { ask, type Caller } from '../../src/main/demo/walkthrough.ts';
import { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { readyServer, startTestLab, type TestLab } from '../support/lab.ts';
import { PLANES, type Plane } from '../support/planes.ts';
import { suite } from '../support/suite.ts';

/** A lab each, on a loopback address of its own. */
const HOSTS = ['127.0.0.51', '127.0.0.52'];
/** How long a change of a token may take until every server pod acts on it. */
const CHANGE_MS = 10_000;

for (const [index, plane] of PLANES.entries()) {
  suite(`access tokens on the ${plane.name}`, plane.skip, () => accessTokensOn(plane, HOSTS[index] ?? ''));
}

function accessTokensOn(plane: Plane, HOST: string): void {
  let testLab: TestLab;
  let key: RSAWrapper;
  let server: Caller;
  const name = 'friend';

  before(async () => {
    [testLab, key] = await Promise.all([startTestLab(HOST, plane), RSAWrapper.generate()]);
    const spec = { replicas: 2, accessTokens: { required: true }, containers: { maxRunning: 1 } };
    server = { key, signal: new AbortController().signal, server: await readyServer(testLab, 'lab', spec) };
  });
  after(() => testLab.close());

  /** What the server says to a client with this token: OK, or why not. */
  const said = async (caller: Caller, access_token?: string): Promise<string> => {
    const { success, message } = await ask(caller, 'STAT', { ...(access_token && { access_token }) });
    return success ? 'OK' : message;
  };

  async function serverPods(): Promise<Pod[]> {
    const { namespace, lab } = testLab;
    const labelSelector = 'app.kubernetes.io/component=server';
    return (await lab.kube.list(Pod, { namespace, labelSelector })).items;
  }

  /** How long it takes until each pod by itself, past the load balancer, says this to a client with this token. */
  async function untilAllSay(pods: Pod[], answer: string, token: string): Promise<number> {
    const startedAt = performance.now();
    const patience = testLab.patience();
    for (const pod of pods) {
      const host = loopbackOf(pod.status?.podIP ?? '') ?? '';
      const caller = { ...server, server: { host, port: 6150 } };
      while ((await said(caller, token)) !== answer) {
        patience.throwIfAborted();
        await sleep(50);
      }
    }
    return performance.now() - startedAt;
  }

  async function makeToken(): Promise<string> {
    const { kube } = testLab.lab;
    const { namespace } = testLab;
    const spec = { serverName: 'lab', enabled: true };
    const metadata = { namespace, name };
    await kube.create(AnweddolAccessToken, {
      apiVersion: 'anweddol.io/v1alpha1',
      kind: 'AnweddolAccessToken',
      metadata,
      spec,
    });
    const patience = testLab.patience();
    while (!(await kube.get(AnweddolAccessToken, metadata))?.status?.sha256) {
      patience.throwIfAborted();
      await sleep(50);
    }
    const secret = await kube.get(Secret, { namespace, name: `${name}-token` });
    return Buffer.from(secret?.data?.token ?? '', 'base64').toString();
  }

  test('who has the token is served, who has none is not, and both pods hear within 10 s that it is revoked', async () => {
    const pods = await serverPods();
    assert.equal(pods.length, 2);
    const token = await makeToken();
    assert.ok((await untilAllSay(pods, 'OK', token)) <= CHANGE_MS);
    assert.equal(await said(server, token), 'OK');
    assert.match(await said(server), /Access token is required/);
    assert.match(await said(server, 'x'.repeat(124)), /Invalid access token/);

    const { kube } = testLab.lab;
    const metadata = { namespace: testLab.namespace, name };
    const enable = (enabled: boolean) => kube.mergePatch(AnweddolAccessToken, metadata, { spec: { enabled } });
    const refused = await said(server, 'x'.repeat(124));
    await enable(false);
    assert.ok((await untilAllSay(pods, refused, token)) <= CHANGE_MS);
    await enable(true);
    assert.ok((await untilAllSay(pods, 'OK', token)) <= CHANGE_MS);
    await kube.delete(AnweddolAccessToken, metadata);
    assert.ok((await untilAllSay(pods, refused, token)) <= CHANGE_MS);

    const uids = (all: Pod[]) => all.map(({ metadata }) => metadata.uid).toSorted();
    const now = await serverPods();
    assert.deepEqual(uids(now), uids(pods));
    for (const { status } of now) assert.equal(status?.containerStatuses?.[0]?.restartCount, 0);
  });
}
