import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { StoredObject } from '../apiserver/base/kube-object.ts';
import { KubeStatusError } from '../apiserver/base/status-error.ts';
import type { Admission } from '../apiserver/handlers/context.ts';
import { admitChange, admitNew } from '../controllers/kubevirt/machine-admission.ts';

/** KubeVirt's webhooks, as a hook of the API server's. */
export function kubevirtAdmission(clock: Clock): Admission {
  return ({ operation, resource, object, oldObject, user }) => {
    if (resource.group !== 'kubevirt.io' || resource.plural !== 'virtualmachineinstances') return undefined;
    if (operation === 'DELETE') return undefined;
    const verdict =
      operation === 'CREATE'
        ? admitNew(asMachine(object), clock)
        : admitChange(asMachine(object), asMachine(oldObject ?? object), user.name);
    if ('machine' in verdict) return verdict.machine as unknown as StoredObject;
    const { refused, webhook } = verdict;
    const messages = refused.map(({ message }) => message).join(', ');
    throw new KubeStatusError(422, 'Invalid', `admission webhook "${webhook}" denied the request: ${messages}`, {
      causes: refused.map(({ field, message }) => ({ reason: 'FieldValueInvalid', field, message })),
    });
  };
}

/** The definition's schema has been applied: the object has the shape of a machine. */
function asMachine(object: StoredObject): VirtualMachineInstance {
  return object as unknown as VirtualMachineInstance;
}
