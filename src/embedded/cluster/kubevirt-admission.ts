import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { StoredObject } from '../apiserver/base/kube-object.ts';
import { KubeStatusError } from '../apiserver/base/status-error.ts';
import type { Admission } from '../apiserver/handlers/context.ts';
import { MachineAdmission, type Refusal } from '../controllers/kubevirt/machine-admission.ts';
import type { KubeVirtVersion } from '../controllers/kubevirt/version.ts';

/** What a webhook says of a refusal at most. */
const MOST_CAUSES = 10;

/** KubeVirt's webhooks, as a hook of the API server's. */
export function kubevirtAdmission(clock: Clock, version: KubeVirtVersion): Admission {
  const machines = new MachineAdmission(clock, version);
  return ({ operation, resource, object, oldObject, user }) => {
    if (resource.group !== 'kubevirt.io' || resource.plural !== 'virtualmachineinstances') return undefined;
    if (operation === 'DELETE') return undefined;
    const verdict =
      operation === 'CREATE'
        ? machines.admitNew(object, user.name)
        : machines.admitChange(asMachine(object), asMachine(oldObject ?? object), user.name);
    if ('machine' in verdict) return verdict.machine as unknown as StoredObject;
    throw refusal(verdict);
  };
}

function refusal(verdict: Refusal): KubeStatusError {
  const denied = (why: string) => `admission webhook "${verdict.webhook}" denied the request: ${why}`;
  if ('unreadable' in verdict) return new KubeStatusError(400, '', denied(verdict.unreadable));
  const causes = verdict.refused.slice(0, MOST_CAUSES);
  const more = verdict.refused.length - causes.length;
  const messages = [
    ...causes.map(({ message }) => message),
    ...(more > 0 ? [`and ${more} more validation errors`] : []),
  ];
  return new KubeStatusError(422, 'Invalid', denied(messages.join(', ')), { causes });
}

/** What is stored has the shape of a machine, and a spec that differs from a stored one is refused. */
function asMachine(object: StoredObject): VirtualMachineInstance {
  return object as unknown as VirtualMachineInstance;
}
