import { isDeepStrictEqual } from 'node:util';
import type { KubeClient } from '../../kube/client.ts';
import { isAlreadyExists, isInvalid, isNotFound } from '../../kube/errors.ts';
import { VirtualMachineInstance } from '../../kube/resources.ts';
import type { HandOutMetrics } from '../../server/server-metrics.ts';
import { testState } from '../../virtualization/kubevirt/machine-patch.ts';

const IS_WARM = testState('warm');

/**
 * The same client; it counts the claims that somebody else was faster with: a patch of a machine that is not warm any more,
 * and a machine whose name is taken.
 */
export function countLostClaims(kube: KubeClient, metrics: Pick<HandOutMetrics, 'claimLost'>): KubeClient {
  return {
    ...kube,
    async jsonPatch(resource, name, operations, options) {
      try {
        return await kube.jsonPatch(resource, name, operations, options);
      } catch (error) {
        const isClaim = operations.some((operation) => isDeepStrictEqual(operation, IS_WARM));
        if (isClaim && (isInvalid(error) || isNotFound(error))) metrics.claimLost('warm');
        throw error;
      }
    },
    async create(resource, object, options) {
      try {
        return await kube.create(resource, object, options);
      } catch (error) {
        if (resource.kind === VirtualMachineInstance.kind && isAlreadyExists(error)) metrics.claimLost('cold');
        throw error;
      }
    },
  };
}
