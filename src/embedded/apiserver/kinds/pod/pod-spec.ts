/** The rules of a pod's spec, and of the spec in a workload's template. */
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../../base/field-error.ts';
import { asObject, asObjects, asString, type JsonObject } from '../../base/json.ts';
import { labelKeyProblem } from '../../selectors/label-form.ts';
import { labelErrors } from '../key-errors.ts';
import { affinityErrors } from './affinity.ts';
import { containerErrors } from './container.ts';
import { podSecurityErrors } from './security-context.ts';
import { volumeErrors } from './volumes.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_INT32 = 2_147_483_647;

export function podSpecErrors(spec: JsonObject, path: string): FieldError[] {
  const volumes = new Set(asObjects(spec.volumes).map(({ name }) => asString(name)));
  const names = new Set<string>();
  const each = (member: 'containers' | 'initContainers') =>
    asObjects(spec[member]).flatMap((container, index) => {
      const at = `${path}.${member}[${index}]`;
      const name = asString(container.name);
      const taken = name !== '' && names.has(name) ? [duplicate(`${at}.name`, name)] : [];
      names.add(name);
      return [...taken, ...containerErrors(container, at, { volumes, hostNetwork: spec.hostNetwork === true })];
    });
  return [
    ...volumeErrors(asObjects(spec.volumes), `${path}.volumes`),
    ...(asObjects(spec.containers).length === 0 ? [required(`${path}.containers`)] : each('containers')),
    ...each('initContainers'),
    ...oneOf(spec.restartPolicy, `${path}.restartPolicy`, RESTART_POLICIES),
    ...oneOf(spec.dnsPolicy, `${path}.dnsPolicy`, DNS_POLICIES),
    ...deadlineErrors(spec.activeDeadlineSeconds, `${path}.activeDeadlineSeconds`),
    ...podSecurityErrors(asObject(spec.securityContext), `${path}.securityContext`),
    ...gateErrors(spec, path),
    ...labelErrors(asObject(spec.nodeSelector), `${path}.nodeSelector`),
    ...affinityErrors(asObject(spec.affinity), `${path}.affinity`),
  ];
}

function gateErrors(spec: JsonObject, path: string): FieldError[] {
  return asObjects(spec.readinessGates).flatMap(({ conditionType }, index) => {
    const problem = labelKeyProblem(asString(conditionType));
    return problem ? [invalidValue(`${path}.readinessGates[${index}].conditionType`, conditionType, problem)] : [];
  });
}

function deadlineErrors(value: JsonObject[string], path: string): FieldError[] {
  if (typeof value !== 'number' || (value >= 1 && value <= MAX_INT32)) return [];
  return [invalidValue(path, value, `must be between 1 and ${MAX_INT32}, inclusive`)];
}

function oneOf(value: JsonObject[string], path: string, allowed: readonly string[]): FieldError[] {
  return allowed.includes(asString(value)) ? [] : [notSupported(path, value, allowed)];
}
