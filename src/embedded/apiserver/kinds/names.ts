/** What names may look like. */
import { type FieldError, invalidValue } from '../base/field-error.ts';
import type { NameRule } from '../registry/resource.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SERVICE = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SERVICE_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/** What is wrong with a name, in the words of Kubernetes. */
export function nameProblems(name: string, rule: NameRule): string[] {
  switch (rule) {
    case 'subdomain':
      return check(name, SUBDOMAIN, SUBDOMAIN_RULE, 253);
    case 'label':
      return check(name, LABEL, SUBDOMAIN.test(name) ? 'must not contain dots' : LABEL_RULE, 63);
    case 'service':
      return check(name, SERVICE, SERVICE_RULE, 63);
    case 'path':
      if (name === '.' || name === '..') return [`may not be '${name}'`];
      return /[/%]/.test(name) ? [`may not contain '${name.includes('/') ? '/' : '%'}'`] : [];
  }
}

/** What is wrong with the name of a port, which has IANA's form. */
export function portNameErrors(name: string, path: string): FieldError[] {
  const rules: [boolean, string][] = [
    [name.length <= 15, 'must be no more than 15 characters'],
    [/^[-a-z0-9]+$/.test(name), 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
    [/[a-z]/.test(name), 'must contain at least one letter (a-z)'],
    [!name.includes('--'), 'must not contain consecutive hyphens'],
    [!name.startsWith('-') && !name.endsWith('-'), 'must not begin or end with a hyphen'],
  ];
  return rules.filter(([holds]) => !holds).map(([, why]) => invalidValue(path, name, why));
}

function check(name: string, form: RegExp, rule: string, longest: number): string[] {
  const problems = name.length > longest ? [`must be no more than ${longest} bytes`] : [];
  return form.test(name) ? problems : [...problems, rule];
}
