/** A rule of KubeVirt's that a machine breaks, in KubeVirt's words. */
export interface Problem {
  reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueDuplicate' | 'FieldValueNotSupported';
  field?: string;
  message: string;
}

export function invalid(field: string, message: string): Problem {
  return { reason: 'FieldValueInvalid', field, message };
}

export function required(field: string, message: string): Problem {
  return { reason: 'FieldValueRequired', field, message };
}

export function duplicate(field: string, message: string): Problem {
  return { reason: 'FieldValueDuplicate', field, message };
}

/** Kubernetes' own words for a name that can't be the name of a container or a host. */
export const NO_LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

export function isLabel(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
}
