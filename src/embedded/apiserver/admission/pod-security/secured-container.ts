import { asArray, asObject, asString, type JsonObject } from '../../base/json.ts';
import { named } from './named.ts';

/** What the checks look at in a container. */
export interface SecuredContainer {
  name: string;
  /** Its securityContext. */
  context: JsonObject;
  hostPorts: number[];
}

/** What is wrong, `undefined` when nothing is. */
export type Check = (spec: JsonObject, containers: readonly SecuredContainer[]) => string | undefined;

/** Those that run before the pod's own come first. */
export function containersOf(spec: JsonObject): SecuredContainer[] {
  return [...asArray(spec.initContainers), ...asArray(spec.containers)].map(asObject).map((container) => ({
    name: asString(container.name),
    context: asObject(container.securityContext),
    hostPorts: asArray(container.ports).flatMap((port) => Number(asObject(port).hostPort) || []),
  }));
}

/** A check of every container by itself. */
export function each(
  containers: readonly SecuredContainer[],
  isBad: (container: SecuredContainer) => boolean,
  title: string,
  rule: string,
): string | undefined {
  const bad = containers.filter(isBad);
  return bad.length > 0 ? `${title} (${named('container', bad)} ${rule})` : undefined;
}
