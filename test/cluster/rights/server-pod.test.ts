/** What a stranger can do who has taken over a server pod: he has the token of its ServiceAccount. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { suite } from '../../support/suite.ts';
import { NO_CONTROL_PLANE } from '../operator/fixture.ts';
import { type ServerPodGround, serverPodGround } from './server-pod-ground.ts';
import { type RawRequest, type TokenBearer, tokenBearer } from './token-bearer.ts';

const CORE = '/api/v1';
const KUBEVIRT = '/apis/kubevirt.io/v1';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const OURS = '/apis/anweddol.io/v1alpha1';
const SLICES = '/apis/discovery.k8s.io/v1';

/** Every way to read or change objects of a kind in a namespace. */
function everythingWith(within: string, plural: string): RawRequest[] {
  const [all, one] = [`${within}/${plural}`, `${within}/${plural}/lab`];
  return [
    { line: `GET ${all}` },
    { line: `GET ${all}?watch=true` },
    { line: `GET ${all}?fieldSelector=metadata.name%3Dlab` },
    { line: `GET ${one}` },
    { line: `POST ${all}`, body: {} },
    { line: `PUT ${one}`, body: {} },
    { line: `PATCH ${one}`, body: {} },
    { line: `DELETE ${one}` },
    { line: `DELETE ${all}` },
  ];
}

const isOneOf =
  (...methods: string[]) =>
  ({ line }: RawRequest) =>
    methods.some((method) => line.startsWith(`${method} `));

/** What nobody in a server pod may do. */
function forbidden(own: string, other: string): RawRequest[] {
  const at = (root: string, namespace: string) => `${root}/namespaces/${namespace}`;
  const mine = at(CORE, own);
  const isCreate = isOneOf('POST');
  return [
    // Secrets: it may write new ones, and read none.
    ...everythingWith(mine, 'secrets').filter((request) => !isCreate(request)),
    ...everythingWith(at(CORE, other), 'secrets'),
    { line: `GET ${CORE}/secrets` },
    { line: `GET ${CORE}/secrets?watch=true` },
    // Others' machines, and its own in ways it has no use for.
    ...everythingWith(at(KUBEVIRT, other), 'virtualmachineinstances'),
    { line: `GET ${KUBEVIRT}/virtualmachineinstances` },
    { line: `PUT ${at(KUBEVIRT, own)}/virtualmachineinstances/lab`, body: {} },
    { line: `DELETE ${at(KUBEVIRT, own)}/virtualmachineinstances` },
    ...everythingWith(at(KUBEVIRT, own), 'virtualmachines'),
    { line: `GET ${at('/apis/subresources.kubevirt.io/v1', own)}/virtualmachineinstances/lab/console` },
    { line: `GET ${at('/apis/subresources.kubevirt.io/v1', own)}/virtualmachineinstances/lab/vnc` },
    // Where containers are found: it follows that, and changes nothing.
    ...everythingWith(at(SLICES, own), 'endpointslices').filter((request) => !isOneOf('GET')(request)),
    { line: `GET ${at(SLICES, own)}/endpointslices/lab` },
    ...everythingWith(at(SLICES, other), 'endpointslices'),
    // Code of its own, or in others' pods.
    ...everythingWith(mine, 'pods'),
    ...everythingWith(at(CORE, other), 'pods'),
    ...['exec?command=id', 'attach', 'portforward', 'eviction', 'binding'].map(
      (what): RawRequest => ({ line: `POST ${mine}/pods/lab/${what}`, body: {} }),
    ),
    ...['exec?command=id', 'log', 'proxy'].map((what): RawRequest => ({ line: `GET ${mine}/pods/lab/${what}` })),
    { line: `PATCH ${mine}/pods/lab/ephemeralcontainers`, body: {} },
    ...everythingWith(at('/apis/apps/v1', own), 'deployments'),
    ...everythingWith(at('/apis/apps/v1', own), 'daemonsets'),
    ...everythingWith(at('/apis/batch/v1', own), 'jobs'),
    // More rights, or somebody else's.
    ...everythingWith(at(RBAC, own), 'roles'),
    ...everythingWith(at(RBAC, own), 'rolebindings'),
    ...everythingWith(RBAC, 'clusterroles'),
    ...everythingWith(RBAC, 'clusterrolebindings'),
    ...everythingWith(mine, 'serviceaccounts'),
    { line: `POST ${mine}/serviceaccounts/lab-server/token`, body: {} },
    { line: `GET ${mine}/services`, headers: { 'Impersonate-User': 'root', 'Impersonate-Group': 'system:masters' } },
    { line: `GET ${mine}/services`, headers: { 'Impersonate-User': `system:serviceaccount:${own}:anweddol-operator` } },
    { line: 'POST /apis/certificates.k8s.io/v1/certificatesigningrequests', body: {} },
    // What it told the admin it can neither read nor take back.
    ...everythingWith(at('/apis/events.k8s.io/v1', own), 'events').filter((request) => !isCreate(request)),
    ...everythingWith(at('/apis/events.k8s.io/v1', other), 'events'),
    // The operator's own orders, and what shapes the network.
    ...everythingWith(at(OURS, own), 'anweddolservers'),
    ...everythingWith(at(OURS, own), 'anweddolaccesstokens'),
    ...everythingWith(mine, 'configmaps'),
    ...everythingWith(mine, 'services'),
    ...everythingWith(at('/apis/networking.k8s.io/v1', own), 'networkpolicies'),
    ...everythingWith(at('/apis/coordination.k8s.io/v1', own), 'leases'),
    // The cluster.
    ...everythingWith(CORE, 'nodes'),
    { line: `GET ${CORE}/nodes/lab/proxy/pods` },
    ...everythingWith(CORE, 'namespaces'),
    ...everythingWith(CORE, 'persistentvolumes'),
    ...everythingWith('/apis/apiextensions.k8s.io/v1', 'customresourcedefinitions'),
    ...everythingWith('/apis/admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations'),
    { line: 'GET /metrics' },
    { line: 'GET /logs/' },
  ];
}

/** What a server pod does, and the code when it is let in: nothing of the name is there, and `{}` is no such object. */
function needed(own: string): [RawRequest, number[]][] {
  const machines = `${KUBEVIRT}/namespaces/${own}/virtualmachineinstances`;
  const slices = `${SLICES}/namespaces/${own}/endpointslices`;
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'written-by-a-server-pod' } };
  return [
    [{ line: `GET ${machines}` }, [200]],
    [{ line: `GET ${machines}?watch=true` }, [200]],
    [{ line: `GET ${machines}/lab` }, [404]],
    [{ line: `POST ${machines}`, body: {} }, [400, 422]],
    [{ line: `PATCH ${machines}/lab`, body: {} }, [404]],
    [{ line: `DELETE ${machines}/lab` }, [404]],
    [{ line: `POST ${CORE}/namespaces/${own}/secrets`, body: secret }, [201]],
    [{ line: `GET ${slices}` }, [200]],
    [{ line: `GET ${slices}?watch=true` }, [200]],
    [{ line: `POST /apis/events.k8s.io/v1/namespaces/${own}/events`, body: {} }, [400, 422]],
  ];
}

suite('the rights of a server pod', NO_CONTROL_PLANE, () => {
  let on: ServerPodGround;
  let bearer: TokenBearer;

  before(async () => {
    on = await serverPodGround();
    bearer = tokenBearer(on);
  });
  after(async () => {
    await bearer[Symbol.asyncDispose]();
    await on[Symbol.asyncDispose]();
  });

  test('with its token nothing is let in that it does not need: no Secret can be read, nothing run, nobody impersonated', async () => {
    const letIn: string[] = [];
    for (const request of forbidden(on.own, on.other)) {
      const code = await bearer.ask(request);
      if (code !== 403) letIn.push(`${request.line} ${JSON.stringify(request.headers ?? {})}: ${code}`);
    }
    assert.deepEqual(letIn, []);
  });

  test('with its token everything is let in that it needs', async () => {
    for (const [request, codes] of needed(on.own)) {
      const code = await bearer.ask(request);
      assert.ok(codes.includes(code), `${request.line}: ${code}`);
    }
  });
});
