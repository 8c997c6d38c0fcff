/** What containers ask for and are limited to. */
import { type FieldError, invalidValue, required } from '../../base/field-error.ts';
import { asObject, asString, type JsonObject } from '../../base/json.ts';
import { quantityNano } from '../../base/quantity.ts';

const STANDARD = ['cpu', 'memory', 'ephemeral-storage'];

export function resourceErrors(resources: JsonObject, path: string): FieldError[] {
  const limits = asObject(resources.limits);
  const requests = asObject(resources.requests);
  return [
    ...Object.keys(limits).flatMap((name) => amountErrors(name, limits[name], `${path}.limits[${name}]`)),
    ...Object.keys(requests).flatMap((name) => [
      ...amountErrors(name, requests[name], `${path}.requests[${name}]`),
      ...balanceErrors(name, asString(requests[name]), limits[name], path),
    ]),
  ];
}

function amountErrors(name: string, amount: JsonObject[string], path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!isStandard(name) && !name.includes('/')) {
    errors.push(invalidValue(path, name, 'must be a standard resource type or fully qualified'));
    errors.push(invalidValue(path, name, 'must be a standard resource for containers'));
  }
  const nano = quantityNano(asString(amount)) ?? 0n;
  if (nano < 0n) errors.push(invalidValue(path, amount, 'must be greater than or equal to 0'));
  else if (name.includes('/') && nano % 10n ** 9n !== 0n) {
    errors.push(invalidValue(path, amount, 'must be an integer'));
  }
  return errors;
}

/** Whole devices can't be had in part, or for a while. */
function balanceErrors(name: string, request: string, limit: JsonObject[string], path: string): FieldError[] {
  const isWhole = name.includes('/');
  if (limit === undefined) {
    return isWhole ? [required(`${path}.limits`, 'Limit must be set for non overcommitable resources')] : [];
  }
  const asked = quantityNano(request) ?? 0n;
  const most = quantityNano(asString(limit)) ?? 0n;
  const of = `${name} limit of ${asString(limit)}`;
  if (isWhole && asked !== most) return [invalidValue(`${path}.requests`, request, `must be equal to ${of}`)];
  return asked > most ? [invalidValue(`${path}.requests`, request, `must be less than or equal to ${of}`)] : [];
}

function isStandard(name: string): boolean {
  return STANDARD.includes(name) || name.startsWith('hugepages-');
}
