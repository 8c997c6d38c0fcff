import { duplicate, type FieldError, invalidValue, notSupported, required } from '../../base/field-error.ts';
import { asObject, asObjects, asString, type JsonObject } from '../../base/json.ts';
import { nameProblems, portNameErrors } from '../names.ts';
import { environmentErrors } from './environment.ts';
import { probeErrors } from './probes.ts';
import { resourceErrors } from './resources.ts';
import { containerSecurityErrors } from './security-context.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

interface Surroundings {
  /** Names of the pod's volumes. */
  volumes: ReadonlySet<string>;
  hostNetwork: boolean;
}

export function containerErrors(container: JsonObject, path: string, around: Surroundings): FieldError[] {
  const name = asString(container.name);
  const policy = asString(container.imagePullPolicy);
  return [
    ...(name === ''
      ? [required(`${path}.name`)]
      : nameProblems(name, 'label').map((problem) => invalidValue(`${path}.name`, name, problem))),
    ...(container.image ? [] : [required(`${path}.image`)]),
    ...probeErrors(container, path),
    ...(PULL_POLICIES.includes(policy) ? [] : [notSupported(`${path}.imagePullPolicy`, policy, PULL_POLICIES)]),
    ...portErrors(asObjects(container.ports), `${path}.ports`, around.hostNetwork),
    ...environmentErrors(asObjects(container.env), `${path}.env`),
    ...mountErrors(asObjects(container.volumeMounts), `${path}.volumeMounts`, around.volumes),
    ...resourceErrors(asObject(container.resources), `${path}.resources`),
    ...containerSecurityErrors(asObject(container.securityContext), `${path}.securityContext`),
  ];
}

function portErrors(ports: JsonObject[], path: string, hostNetwork: boolean): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap(({ name, containerPort, hostPort, protocol }, index) => {
    const at = `${path}[${index}]`;
    const errors: FieldError[] = [];
    if (name) {
      errors.push(...portNameErrors(asString(name), `${at}.name`));
      if (names.has(asString(name))) errors.push(duplicate(`${at}.name`, name));
      names.add(asString(name));
    }
    if (!containerPort) errors.push(required(`${at}.containerPort`));
    else if (!isPort(containerPort)) errors.push(notAPort(`${at}.containerPort`, containerPort));
    if (hostPort && !isPort(hostPort)) errors.push(notAPort(`${at}.hostPort`, hostPort));
    if (hostNetwork && hostPort && hostPort !== containerPort) {
      errors.push(invalidValue(`${at}.hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true'));
    }
    if (!PROTOCOLS.includes(asString(protocol))) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
    return errors;
  });
}

function mountErrors(mounts: JsonObject[], path: string, volumes: ReadonlySet<string>): FieldError[] {
  const paths = new Set<string>();
  return mounts.flatMap(({ name, mountPath }, index) => {
    const at = `${path}[${index}]`;
    const errors: FieldError[] = [];
    if (!name) errors.push(required(`${at}.name`));
    else if (!volumes.has(asString(name)))
      errors.push({ type: 'FieldValueNotFound', field: `${at}.name`, value: name });
    if (!mountPath) errors.push(required(`${at}.mountPath`));
    else if (paths.has(asString(mountPath))) errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must be unique'));
    paths.add(asString(mountPath));
    return errors;
  });
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}

function notAPort(path: string, value: unknown): FieldError {
  return invalidValue(path, value, 'must be between 1 and 65535, inclusive');
}
