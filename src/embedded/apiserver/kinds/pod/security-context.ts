import { type FieldError, invalidValue, notSupported, required } from '../../base/field-error.ts';
import { asObject, asString, isObject, type JsonObject } from '../../base/json.ts';

const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const IDS = ['runAsUser', 'runAsGroup', 'fsGroup'] as const;
const MAX_ID = 2_147_483_647;

export function podSecurityErrors(context: JsonObject, path: string): FieldError[] {
  return [...idErrors(context, path), ...seccompErrors(context, path)];
}

export function containerSecurityErrors(context: JsonObject, path: string): FieldError[] {
  const errors = [...idErrors(context, path), ...seccompErrors(context, path)];
  if (context.allowPrivilegeEscalation !== false) return errors;
  const because = (what: string) =>
    errors.push(
      invalidValue(path, asGoPrintsIt(context), `cannot set \`allowPrivilegeEscalation\` to false and ${what}`),
    );
  if (context.privileged === true) because('`privileged` to true');
  const { add } = asObject(context.capabilities);
  if (Array.isArray(add) && add.includes('CAP_SYS_ADMIN')) because('`capabilities.Add` CAP_SYS_ADMIN');
  return errors;
}

function idErrors(context: JsonObject, path: string): FieldError[] {
  return IDS.flatMap((field) => {
    const id = context[field];
    if (typeof id !== 'number' || (id >= 0 && id <= MAX_ID)) return [];
    return [invalidValue(`${path}.${field}`, id, `must be between 0 and ${MAX_ID}, inclusive`)];
  });
}

function seccompErrors({ seccompProfile }: JsonObject, path: string): FieldError[] {
  if (!isObject(seccompProfile)) return [];
  const { type, localhostProfile } = seccompProfile;
  const at = `${path}.seccompProfile`;
  if (!PROFILES.includes(asString(type))) return [notSupported(`${at}.type`, type ?? '', PROFILES)];
  if (type === 'Localhost' && !localhostProfile) {
    return [required(`${at}.localhostProfile`, 'must be set when seccomp type is Localhost')];
  }
  return [];
}

/** The API server shows the whole of it. */
function asGoPrintsIt(context: JsonObject): JsonObject {
  const fields = [
    'capabilities',
    'privileged',
    'seLinuxOptions',
    'windowsOptions',
    'runAsUser',
    'runAsGroup',
    'runAsNonRoot',
    'readOnlyRootFilesystem',
    'allowPrivilegeEscalation',
    'procMount',
    'seccompProfile',
    'appArmorProfile',
  ];
  const title = (field: string) =>
    field === 'seLinuxOptions' ? 'SELinuxOptions' : `${field[0]?.toUpperCase()}${field.slice(1)}`;
  return Object.fromEntries(fields.map((field) => [title(field), context[field] ?? null]));
}
