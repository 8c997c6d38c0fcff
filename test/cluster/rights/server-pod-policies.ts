import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from '../../../src/kube/client.ts';
import { isForbidden, isInvalid, KubeError } from '../../../src/kube/errors.ts';
import {
  Secret,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  VirtualMachineInstance,
} from '../../../src/kube/resources.ts';
import { applyManifests } from '../../../src/main/demo/manifests.ts';
import { namespacedOperator } from '../../support/namespaced-operator.ts';
import { soon } from '../operator/fixture.ts';

const KINDS = [ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding];

/**
 * The policies of deploy/operator, for one namespace: others on the same control plane see nothing of them.
 * @param pod has the token of a server pod in the namespace
 */
export async function serverPodPolicies(
  admin: KubeClient,
  pod: KubeClient,
  namespace: string,
): Promise<AsyncDisposable> {
  const manifests = (await namespacedOperator(namespace)).filter(({ kind }) =>
    KINDS.some((each) => each.kind === kind),
  );
  await applyManifests(admin, manifests, soon());
  await areInForce(pod, namespace);
  return {
    async [Symbol.asyncDispose]() {
      for (const { kind, metadata } of manifests.toReversed()) {
        const resource = KINDS.find((each) => each.kind === kind);
        if (resource) await admin.delete(resource, { name: metadata.name });
      }
    },
  };
}

/** The API server learns of them a moment later, of each on its own. */
async function areInForce(pod: KubeClient, namespace: string): Promise<void> {
  const metadata = { namespace, name: 'probe' };
  const spec = { domain: { devices: {}, memory: { guest: '64Mi' } } };
  const machine = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', metadata, spec };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata };
  const patience = soon();
  for (const attempt of [
    () => pod.create(Secret, secret, { dryRun: true }),
    () => pod.create(VirtualMachineInstance, machine as VirtualMachineInstance, { dryRun: true }),
  ]) {
    while (!(await refusal(attempt)).includes('ValidatingAdmissionPolicy')) {
      patience.throwIfAborted();
      await sleep(20);
    }
  }
}

/** What the API server says against it; empty when it does it. @throws what is no refusal */
export async function refusal(attempt: () => Promise<unknown>): Promise<string> {
  try {
    await attempt();
    return '';
  } catch (error) {
    if (error instanceof KubeError && (isForbidden(error) || isInvalid(error))) return error.message;
    throw error;
  }
}
