import { duplicate, type FieldError, forbiddenField, invalidValue, required } from '../../base/field-error.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../../base/json.ts';
import { nameProblems } from '../names.ts';

const SHORTEST_TOKEN_SECONDS = 600;

export function volumeErrors(volumes: JsonObject[], path: string): FieldError[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const at = `${path}[${index}]`;
    const name = asString(volume.name);
    const isTaken = names.has(name);
    names.add(name);
    const sources = Object.keys(volume).filter((key) => key !== 'name' && isObject(volume[key]));
    return [
      ...sources.slice(1).map((key) => forbiddenField(`${at}.${key}`, 'may not specify more than 1 volume type')),
      ...sources.slice(0, 1).flatMap((key) => sourceErrors(key, asObject(volume[key]), `${at}.${key}`)),
      ...(name === '' ? [required(`${at}.name`)] : []),
      ...(name === '' ? [] : nameProblems(name, 'label').map((why) => invalidValue(`${at}.name`, name, why))),
      ...(isTaken ? [duplicate(`${at}.name`, name)] : []),
    ];
  });
}

/** What each source can't be without. */
const NEEDED: Readonly<Record<string, string>> = {
  secret: 'secretName',
  configMap: 'name',
  persistentVolumeClaim: 'claimName',
  hostPath: 'path',
  image: 'reference',
};

function sourceErrors(key: string, source: JsonObject, path: string): FieldError[] {
  const needed = NEEDED[key];
  if (needed && !source[needed]) return [required(`${path}.${needed}`)];
  if (key !== 'projected') return [];
  return asArray(source.sources).flatMap((each, index) => {
    const { serviceAccountToken: token } = asObject(each);
    return isObject(token) ? tokenErrors(token, `${path}.sources[${index}].serviceAccountToken`) : [];
  });
}

function tokenErrors({ path: file, expirationSeconds }: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (typeof expirationSeconds === 'number' && expirationSeconds < SHORTEST_TOKEN_SECONDS) {
    const why = 'may not specify a duration less than 10 minutes';
    errors.push(invalidValue(`${path}.expirationSeconds`, expirationSeconds, why));
  }
  if (!file) errors.push(required(`${path}.path`));
  return errors;
}
