import { type FieldError, forbiddenField, invalidValue, required } from '../../base/field-error.ts';
import { isObject, type JsonObject } from '../../base/json.ts';

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const;
const NUMBERS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

export function probeErrors(container: JsonObject, path: string): FieldError[] {
  return PROBES.flatMap((name) => {
    const probe = container[name];
    if (!isObject(probe)) return [];
    const at = `${path}.${name}`;
    const once = name !== 'readinessProbe' && typeof probe.successThreshold === 'number' && probe.successThreshold > 1;
    return [
      ...handlerErrors(probe, at),
      ...NUMBERS.flatMap((field) => negative(probe[field], `${at}.${field}`)),
      ...(once ? [invalidValue(`${at}.successThreshold`, probe.successThreshold, 'must be 1')] : []),
    ];
  });
}

function handlerErrors(probe: JsonObject, path: string): FieldError[] {
  const [first, ...others] = HANDLERS.filter((handler) => isObject(probe[handler]));
  if (!first) return [required(path, 'must specify a handler type')];
  return others.map((handler) => forbiddenField(`${path}.${handler}`, 'may not specify more than 1 handler type'));
}

function negative(value: JsonObject[string], path: string): FieldError[] {
  if (typeof value !== 'number' || value >= 0) return [];
  return [invalidValue(path, value, 'must be greater than or equal to 0')];
}
