import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { CONTAINER, deployment, inNamespace, pod } from '../manifests.ts';
import { assertRefused } from '../refused.ts';

const POD = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
const GOOD = { ...CONTAINER, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } };
const RESTRICTED = { securityContext: POD, containers: [GOOD] };
const PLAIN =
  'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), ' +
  'unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), ' +
  'runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), ' +
  'seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';

/** Resolves when admission, which has a cache of namespaces, goes by the labels. */
async function label(world: World, labels: Record<string, string>): Promise<void> {
  const { admin, namespace, eventually } = world;
  const prefixed = Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]);
  const { code } = await admin.mergePatch(`/api/v1/namespaces/${namespace}`, {
    metadata: { labels: Object.fromEntries(prefixed) },
  });
  assert.equal(code, 200);
  await eventually(async () => {
    const probe = pod('probe', { hostNetwork: true });
    const tried = await admin.post(`${inNamespace(namespace, 'pods')}?dryRun=All`, probe);
    assert.ok(labels.enforce ? tried.code === 403 : tried.headers.warning);
  });
}

function make({ admin, namespace }: World, spec: object) {
  return admin.post(inNamespace(namespace, 'pods'), pod('one', spec));
}

/** Asserts that a restricted namespace refuses the pod for this. */
async function violates(world: World, spec: object, why: string, level = 'restricted'): Promise<void> {
  const message = `pods "one" is forbidden: violates PodSecurity "${level}:latest": ${why}`;
  assertRefused(await make(world, spec), 403, 'Forbidden', message);
}

export const podSecurity = chapter('pod security', {
  'a restricted namespace takes a pod that gives up what it does not need': async (world) => {
    await label(world, { enforce: 'restricted' });
    const volumes = [
      { name: 'a', emptyDir: {} },
      { name: 'b', secret: { secretName: 'x' } },
      { name: 'c', image: { reference: 'x:1' } },
      { name: 'd', projected: { sources: [] } },
      { name: 'e', persistentVolumeClaim: { claimName: 'x' } },
    ];
    const { code, headers } = await make(world, { ...RESTRICTED, volumes, automountServiceAccountToken: undefined });
    assert.deepEqual([code, headers.warning], [201, undefined]);
  },
  'a restricted namespace refuses a pod that says nothing': async (world) => {
    await label(world, { enforce: 'restricted' });
    await violates(world, {}, PLAIN);
  },
  'a restricted namespace names the containers that are wrong': async (world) => {
    await label(world, { enforce: 'restricted' });
    const initContainers = [{ ...CONTAINER, name: 'init' }];
    await violates(
      world,
      { securityContext: POD, initContainers, containers: [CONTAINER, { ...GOOD, name: 'good' }] },
      'allowPrivilegeEscalation != false (containers "init", "main" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (containers "init", "main" must set securityContext.capabilities.drop=["ALL"])',
    );
  },
  'a restricted namespace keeps pods off the node': async (world) => {
    await label(world, { enforce: 'restricted' });
    await violates(
      world,
      { ...RESTRICTED, hostNetwork: true, hostPID: true },
      'host namespaces (hostNetwork=true, hostPID=true)',
    );
    await violates(
      world,
      { ...RESTRICTED, volumes: [{ name: 'v', hostPath: { path: '/dev' } }] },
      'restricted volume types (volume "v" uses restricted volume type "hostPath")',
    );
    const ports = [
      { containerPort: 80, hostPort: 80 },
      { containerPort: 81, hostPort: 81 },
    ];
    await violates(
      world,
      { securityContext: POD, containers: [{ ...GOOD, ports }] },
      'hostPort (container "main" uses hostPorts 80, 81)',
    );
  },
  'a restricted namespace takes nobody who is root or privileged': async (world) => {
    await label(world, { enforce: 'restricted' });
    await violates(
      world,
      { ...RESTRICTED, securityContext: { ...POD, runAsUser: 0 } },
      'runAsUser=0 (pod must not set runAsUser=0)',
    );
    const with_ = (change: object) => ({
      securityContext: POD,
      containers: [{ ...GOOD, securityContext: { ...GOOD.securityContext, ...change } }],
    });
    await violates(
      world,
      with_({ runAsNonRoot: false }),
      'runAsNonRoot != true (container "main" must not set securityContext.runAsNonRoot=false)',
    );
    await violates(
      world,
      with_({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_BIND_SERVICE'] } }),
      'unrestricted capabilities (container "main" must not include "NET_ADMIN" in securityContext.capabilities.add)',
    );
    await violates(
      world,
      with_({ privileged: true, allowPrivilegeEscalation: undefined }),
      'privileged (container "main" must not set securityContext.privileged=true), ' +
        'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false)',
    );
    await violates(
      world,
      with_({ seccompProfile: { type: 'Unconfined' } }),
      'seccompProfile (container "main" must not set securityContext.seccompProfile.type to "Unconfined")',
    );
  },
  'a baseline namespace refuses what reaches beyond the pod': async (world) => {
    await label(world, { enforce: 'baseline' });
    const securityContext = { privileged: true, capabilities: { add: ['SYS_ADMIN'] } };
    await violates(
      world,
      { hostNetwork: true, containers: [{ ...CONTAINER, securityContext }] },
      'non-default capabilities (container "main" must not include "SYS_ADMIN" in securityContext.capabilities.add), ' +
        'host namespaces (hostNetwork=true), privileged (container "main" must not set securityContext.privileged=true)',
      'baseline',
    );
    assert.equal((await make(world, {})).code, 201);
  },
  'a namespace can warn of pods that it takes': async (world) => {
    await label(world, { warn: 'restricted', 'warn-version': 'v1.30' });
    const { code, headers } = await make(world, {});
    assert.equal(code, 201);
    assert.equal(headers.warning, `299 - ${JSON.stringify(`would violate PodSecurity "restricted:v1.30": ${PLAIN}`)}`);
  },
  'a template of pods that would be refused is taken with a warning': async (world) => {
    await label(world, { enforce: 'restricted' });
    const path = inNamespace(world.namespace, 'deployments', 'apps');
    const { code, headers } = await world.admin.post(path, deployment('one', { replicas: 0 }));
    assert.equal(code, 201);
    assert.equal(headers.warning, `299 - ${JSON.stringify(`would violate PodSecurity "restricted:latest": ${PLAIN}`)}`);
  },
});
