import { type FieldError, forbiddenField, invalidValue, required } from '../base/field-error.ts';
import { asObject, equal, isObject, type JsonObject } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import type { Behaviour } from '../registry/resource.ts';

const MAX_BYTES = 1024 * 1024;
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;
/** The keys that a type of Secret must have. */
const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

export const secrets: Behaviour = {
  fillDefaults(draft) {
    if (!draft.type) draft.type = 'Opaque';
    foldStringData(draft);
  },
  validate(object) {
    const data = asObject(object.data);
    const errors = keyErrors(data, 'data');
    for (const key of REQUIRED_KEYS[String(object.type)] ?? []) {
      if (data[key] === undefined) errors.push(required(`data[${key}]`));
    }
    return [...errors, ...typeErrors(object, data), ...sizeErrors(decodedBytes(data), 'data')];
  },
  validateUpdate(object, old) {
    const errors = immutableErrors(object, old, ['data']);
    if (object.type !== old.type) errors.push(invalidValue('type', object.type, 'field is immutable'));
    return errors;
  },
};

export const configMaps: Behaviour = {
  validate(object) {
    const data = asObject(object.data);
    const binary = asObject(object.binaryData);
    const errors = [...keyErrors(data, 'data'), ...keyErrors(binary, 'binaryData')];
    for (const key of Object.keys(binary)) {
      if (data[key] !== undefined)
        errors.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
    const bytes = Object.values(data).reduce<number>((sum, value) => sum + Buffer.byteLength(String(value)), 0);
    // The API server names no field here.
    return [...errors, ...sizeErrors(bytes + decodedBytes(binary), '[]')];
  },
  validateUpdate: (object, old) => immutableErrors(object, old, ['data', 'binaryData']),
};

function foldStringData(draft: StoredObject): void {
  if (!isObject(draft.stringData)) return;
  const data = { ...asObject(draft.data) };
  for (const [key, value] of Object.entries(draft.stringData))
    data[key] = Buffer.from(String(value)).toString('base64');
  draft.data = data;
  delete draft.stringData;
}

/** What a type asks for beyond keys. */
function typeErrors({ type, metadata }: StoredObject, data: JsonObject): FieldError[] {
  switch (type) {
    case 'kubernetes.io/basic-auth':
      if (data.username !== undefined || data.password !== undefined) return [];
      return [required('data[username]'), required('data[password]')];
    case 'kubernetes.io/service-account-token':
      if (metadata.annotations?.[ACCOUNT_ANNOTATION]) return [];
      return [required(`metadata.annotations[${ACCOUNT_ANNOTATION}]`)];
    case 'kubernetes.io/dockerconfigjson': {
      const problem = jsonProblem(data['.dockerconfigjson']);
      return problem ? [invalidValue('data[.dockerconfigjson]', '<secret contents redacted>', problem)] : [];
    }
    default:
      return [];
  }
}

function jsonProblem(base64: JsonObject[string]): string | undefined {
  if (typeof base64 !== 'string') return undefined;
  try {
    JSON.parse(Buffer.from(base64, 'base64').toString());
    return undefined;
  } catch {
    // Not the parser's own words: they quote the secret.
    return 'invalid JSON';
  }
}

const KEY_RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

function keyErrors(data: JsonObject, field: string): FieldError[] {
  return Object.keys(data).flatMap((key) => {
    const problem = keyProblem(key);
    return problem ? [invalidValue(`${field}[${key}]`, key, problem)] : [];
  });
}

/** Keys become names of files. */
function keyProblem(key: string): string | undefined {
  if (!KEY.test(key)) return KEY_RULE;
  if (key === '.') return "must not be '.'";
  if (key === '..') return "must not be '..'";
  return key.startsWith('..') ? "must not start with '..'" : undefined;
}

function decodedBytes(data: JsonObject): number {
  return Object.values(data).reduce<number>((sum, value) => sum + Buffer.byteLength(String(value), 'base64'), 0);
}

function sizeErrors(bytes: number, field: string): FieldError[] {
  if (bytes <= MAX_BYTES) return [];
  return [{ type: 'FieldValueTooLong', field, detail: `may not be more than ${MAX_BYTES} bytes` }];
}

function immutableErrors(object: StoredObject, old: StoredObject, fields: readonly string[]): FieldError[] {
  if (old.immutable !== true) return [];
  const errors: FieldError[] = [];
  if (object.immutable !== true) errors.push(forbiddenField('immutable', 'field is immutable when `immutable` is set'));
  for (const field of fields) {
    if (!equal(object[field] ?? {}, old[field] ?? {})) {
      errors.push(forbiddenField(field, 'field is immutable when `immutable` is set'));
    }
  }
  return errors;
}
