/** The formats of strings that the API server checks; others are documentation. */
import { isIPv4, isIPv6 } from 'node:net';

const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const SHORT_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DURATION = /^([+-]?(\d+(\.\d*)?|\.\d+)\s*(ns|us|µs|ms|s|m|h|d|w|[a-z]+))+$/i;

const CHECKS: Readonly<Record<string, (value: string) => boolean>> = {
  'date-time': (value) => DATE_TIME.test(value) && isDate(value.slice(0, 10)) && !Number.isNaN(Date.parse(value)),
  date: isDate,
  byte: (value) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value),
  uuid: (value) => UUID.test(value),
  uuid3: (value) => isUuid(value, '3'),
  uuid4: (value) => isUuid(value, '4'),
  uuid5: (value) => isUuid(value, '5'),
  email: (value) => /^[^@\s]+@[^@\s]+$/.test(value),
  ipv4: (value) => isIPv4(value),
  ipv6: (value) => isIPv6(value),
  cidr: isCidr,
  uri: (value) => value.startsWith('/') || URL.canParse(value),
  hostname: (value) => /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.?)+$/i.test(value) && value.length <= 255,
  mac: (value) => /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(value),
  duration: (value) => DURATION.test(value),
  'k8s-short-name': (value) => value.length <= 63 && SHORT_NAME.test(value),
  'k8s-long-name': (value) => value.length <= 253 && value.split('.').every((part) => SHORT_NAME.test(part)),
};

function isDate(value: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

function isUuid(value: string, version: string): boolean {
  return UUID.test(value) && value.replaceAll('-', '')[12] === version;
}

/** The name of the format that the value does not have, `undefined` when it has it or nobody checks. */
export function formatProblem(value: string, format: string | undefined): string | undefined {
  if (format === undefined || !Object.hasOwn(CHECKS, format)) return undefined;
  return CHECKS[format]?.(value) ? undefined : format;
}

export function isCidr(value: string): boolean {
  const [address = '', bits = '', ...rest] = value.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  if (isIPv4(address)) return Number(bits) <= 32;
  return isIPv6(address) && Number(bits) <= 128;
}
