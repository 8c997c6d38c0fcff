import type { V1Container } from '@kubernetes/client-node';
import type { Json } from '../../../kube/objects.ts';
import type { Pod } from '../../../kube/resources.ts';
import { fieldValue } from '../volumes/field-reference.ts';
import { MissingObjectError, objectData, type PodObjects } from '../volumes/pod-objects.ts';

export type Container = Json<V1Container>;

type Variable = NonNullable<Container['env']>[number];

export interface EnvironmentSources {
  pod: Pod;
  addresses: { pod: string; host: string };
  objects: PodObjects;
}

/**
 * The variables that a container asks for, `$(NAME)` replaced by the ones before it.
 * @throws MissingObjectError when a Secret, ConfigMap or key that must be there is not
 */
export function containerEnvironment(container: Container, sources: EnvironmentSources): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const { prefix = '', secretRef, configMapRef } of container.envFrom ?? []) {
    const kind = secretRef ? 'secret' : 'configmap';
    const data = objectData(sources.objects, kind, secretRef ?? configMapRef ?? {});
    for (const [key, bytes] of data ?? []) environment[prefix + key] = bytes.toString();
  }
  for (const variable of container.env ?? []) {
    const value = variableValue(variable, sources);
    if (value !== undefined) environment[variable.name] = variable.valueFrom ? value : expand(value, environment);
  }
  return environment;
}

/** `$(NAME)` becomes the variable's value, `$$(NAME)` the text `$(NAME)`; what is not defined stays as it is. */
export function expand(text: string, environment: Record<string, string>): string {
  return text.replace(/\$\$|\$\(([A-Za-z_.-][\w.-]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(environment, name) ? (environment[name] ?? '') : whole;
  });
}

function variableValue(variable: Variable, { pod, addresses, objects }: EnvironmentSources): string | undefined {
  const from = variable.valueFrom;
  if (!from) return variable.value ?? '';
  if (from.fieldRef) return fieldValue(pod, addresses, from.fieldRef.fieldPath);
  const reference = from.secretKeyRef ?? from.configMapKeyRef;
  if (!reference) return undefined;
  const kind = from.secretKeyRef ? 'secret' : 'configmap';
  const value = objectData(objects, kind, reference)?.get(reference.key);
  if (value || reference.optional) return value?.toString();
  throw new MissingObjectError(`couldn't find key ${reference.key} in ${kind} "${reference.name ?? ''}"`);
}
