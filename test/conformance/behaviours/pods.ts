import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { CONTAINER, inNamespace, pod } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

async function make(world: World, spec: object = {}, metadata: object = {}): Promise<Json> {
  const { code, body } = await world.admin.post(inNamespace(world.namespace, 'pods'), pod('one', spec, metadata));
  assert.equal(code, 201, JSON.stringify(body));
  return body;
}

export const pods = chapter('pods', {
  'a pod waits, with what it does not say filled in': async (world) => {
    const { spec, status, metadata } = await make(world);
    assert.deepEqual([status, metadata.generation], [{ phase: 'Pending', qosClass: 'BestEffort' }, 1]);
    const { containers, tolerations, nodeSelector, ...rest } = spec;
    assert.deepEqual(rest, {
      automountServiceAccountToken: false,
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
      priority: 0,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      serviceAccount: 'default',
      serviceAccountName: 'default',
      terminationGracePeriodSeconds: 30,
    });
    assert.deepEqual(containers, [
      {
        ...CONTAINER,
        imagePullPolicy: 'IfNotPresent',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ]);
    assert.deepEqual(
      tolerations.map(({ key, tolerationSeconds }: Json) => [key, tolerationSeconds]),
      [
        ['node.kubernetes.io/not-ready', 300],
        ['node.kubernetes.io/unreachable', 300],
      ],
    );
    assert.deepEqual(Object.keys(nodeSelector), ['conformance.example/none']);
  },
  'images without a fixed version are always pulled': async (world) => {
    const images = ['x', 'x:latest', 'x:1', 'localhost:5000/x', `x@sha256:${'0'.repeat(64)}`];
    const containers = images.map((image, index) => ({ name: `c${index}`, image }));
    const volumes = [
      { name: 'v', image: { reference: 'x' } },
      { name: 'w', image: { reference: 'x:1' } },
    ];
    const { spec } = await make(world, { containers, volumes });
    const policies = spec.containers.map(({ imagePullPolicy }: Json) => imagePullPolicy);
    assert.deepEqual(policies, ['Always', 'Always', 'IfNotPresent', 'Always', 'IfNotPresent']);
    assert.deepEqual(
      spec.volumes.map(({ image }: Json) => image.pullPolicy),
      ['Always', 'IfNotPresent'],
    );
  },
  'probes, ports and references have defaults': async (world) => {
    const probe = { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 };
    const env = [
      { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
    ];
    const readinessProbe = { httpGet: { port: 'web' } };
    const { spec } = await make(world, {
      containers: [{ ...CONTAINER, ports: [{ containerPort: 80, name: 'web' }], readinessProbe, env }],
    });
    const [container] = spec.containers;
    assert.deepEqual(container.readinessProbe, { ...probe, httpGet: { path: '/', port: 'web', scheme: 'HTTP' } });
    assert.equal(container.ports[0].protocol, 'TCP');
    assert.equal(container.env[0].valueFrom.fieldRef.apiVersion, 'v1');
    assert.equal(container.env[1].valueFrom.resourceFieldRef.divisor, '0');
  },
  'volumes have defaults': async (world) => {
    const token = { serviceAccountToken: { path: 't', audience: 'a' } };
    const labels = { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } };
    const volumes = [
      { name: 'none' },
      { name: 'secret', secret: { secretName: 's' } },
      { name: 'config', configMap: { name: 'c', optional: true } },
      { name: 'projected', projected: { sources: [token, labels] } },
      { name: 'host', hostPath: { path: '/dev' } },
    ];
    const { spec } = await make(world, { volumes });
    const [none, secret, config, projected, host] = spec.volumes;
    assert.deepEqual(none, { name: 'none', emptyDir: {} });
    assert.deepEqual([secret.secret.defaultMode, config.configMap.defaultMode], [420, 420]);
    assert.deepEqual([projected.projected.defaultMode, host.hostPath.type], [420, '']);
    const [first, second] = projected.projected.sources;
    assert.equal(first.serviceAccountToken.expirationSeconds, 3600);
    assert.equal(second.downwardAPI.items[0].fieldRef.apiVersion, 'v1');
  },
  'quantities are kept in their canonical form': async (world) => {
    const requests = { cpu: '0.5', memory: '1024Mi', 'ephemeral-storage': '1.5Gi' };
    const limits = { cpu: '1000m', memory: '2.5Gi', 'ephemeral-storage': 2e9 };
    const volumes = [{ name: 'v', emptyDir: { sizeLimit: '0.5Ki' } }];
    const { spec } = await make(world, { containers: [{ ...CONTAINER, resources: { requests, limits } }], volumes });
    assert.deepEqual(spec.containers[0].resources, {
      requests: { cpu: '500m', memory: '1Gi', 'ephemeral-storage': '1536Mi' },
      limits: { cpu: '1', memory: '2560Mi', 'ephemeral-storage': '2G' },
    });
    assert.equal(spec.volumes[0].emptyDir.sizeLimit, '512');
  },
  'what is limited and not asked for is asked for up to the limit': async (world) => {
    const { spec, status } = await make(world, {
      containers: [{ ...CONTAINER, resources: { limits: { cpu: '1', memory: '1Gi' } } }],
    });
    assert.deepEqual(spec.containers[0].resources.requests, { cpu: '1', memory: '1Gi' });
    assert.equal(status.qosClass, 'Guaranteed');
  },
  'devices are asked for as a whole, and say nothing of the quality of service': async (world) => {
    const limits = { 'devices.kubevirt.io/kvm': '1' };
    const { spec, status } = await make(world, { containers: [{ ...CONTAINER, resources: { limits } }] });
    assert.deepEqual([spec.containers[0].resources.requests, status.qosClass], [limits, 'BestEffort']);
  },
  'the token of the account is mounted into every container': async (world) => {
    const { spec } = await make(world, {
      automountServiceAccountToken: undefined,
      initContainers: [{ ...CONTAINER, name: 'init' }],
    });
    const [volume] = spec.volumes;
    assert.match(volume.name, /^kube-api-access-[a-z0-9]{5}$/);
    assert.deepEqual(volume.projected.sources, [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ]);
    const mount = { name: volume.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
    for (const container of [...spec.containers, ...spec.initContainers]) {
      assert.deepEqual(container.volumeMounts, [mount]);
    }
  },
  'an account can do without its token in pods': async (world) => {
    const accounts = inNamespace(world.namespace, 'serviceaccounts');
    await world.admin.post(accounts, { metadata: { name: 'quiet' }, automountServiceAccountToken: false });
    const { spec } = await make(world, { automountServiceAccountToken: undefined, serviceAccountName: 'quiet' });
    assert.equal(spec.volumes, undefined);
  },
  'a pod of an account that there is not is refused': async (world) => {
    const answer = await world.admin.post(
      inNamespace(world.namespace, 'pods'),
      pod('one', { serviceAccountName: 'nobody' }),
    );
    const why = `error looking up service account ${world.namespace}/nobody: serviceaccount "nobody" not found`;
    assertRefused(answer, 403, 'Forbidden', `pods "one" is forbidden: ${why}`);
  },
  'a pod with gates is not ready to be scheduled, and tells so': async (world) => {
    const { status } = await make(world, { schedulingGates: [{ name: 'example.com/wait' }] });
    const [condition] = status.conditions;
    assert.deepEqual(
      [condition.type, condition.status, condition.reason],
      ['PodScheduled', 'False', 'SchedulingGated'],
    );
    const path = `${inNamespace(world.namespace, 'pods')}/one`;
    const open = await world.admin.mergePatch(path, { spec: { schedulingGates: null } });
    assert.deepEqual([open.code, open.body.spec.schedulingGates], [200, undefined]);
  },
  'of the spec of a pod, images and little else can change': async (world) => {
    await make(world);
    const path = `${inNamespace(world.namespace, 'pods')}/one`;
    const image = await world.admin.strategicPatch(path, { spec: { containers: [{ name: 'main', image: 'x:2' }] } });
    assert.deepEqual(
      [image.code, image.body.spec.containers[0].image, image.body.metadata.generation],
      [200, 'x:2', 2],
    );
    const rule =
      /^Pod "one" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers\[\*\].image`,/;
    assertRefused(await world.admin.mergePatch(path, { spec: { hostname: 'x' } }), 422, 'Invalid', rule);
    assertRefused(await world.admin.mergePatch(path, { spec: { nodeName: 'x' } }), 422, 'Invalid', rule);
    const added = await world.admin.strategicPatch(path, { spec: { containers: [{ name: 'more', image: 'x:1' }] } });
    assertInvalid(added, 'spec.containers: Forbidden: pod updates may not add or remove containers');
  },
  'the deadline of a pod comes closer only': async (world) => {
    await make(world, { activeDeadlineSeconds: 10 });
    const path = `${inNamespace(world.namespace, 'pods')}/one`;
    assert.equal((await world.admin.mergePatch(path, { spec: { activeDeadlineSeconds: 5 } })).code, 200);
    assertInvalid(
      await world.admin.mergePatch(path, { spec: { activeDeadlineSeconds: 20 } }),
      'spec.activeDeadlineSeconds: Invalid value: 20: must be less than or equal to previous value',
    );
  },
});
