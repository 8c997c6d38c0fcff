/** The string functions, and URLs. */
import type { Environment } from '@marcbachmann/cel-js';

export function registerTextFunctions(environment: Environment): void {
  environment
    .registerFunction('string.charAt(int): string', (text: string, index: bigint) => text.charAt(Number(index)))
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    )
    .registerFunction('string.replace(string, string, int): string', replaceSome)
    .registerFunction('string.reverse(): string', (text: string) => [...text].reverse().join(''))
    .registerFunction(
      'string.find(string): string',
      (text: string, pattern: string) => new RegExp(pattern).exec(text)?.[0] ?? '',
    )
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) =>
      [...text.matchAll(new RegExp(pattern, 'g'))].map(([match]) => match),
    )
    .registerFunction('string.format(list): string', format)
    .registerFunction('isURL(string): bool', (text: string) => isAbsoluteUrl(text))
    .registerType('kubernetes.URL', { ctor: AbsoluteUrl, fields: {} })
    .registerFunction('url(string): kubernetes.URL', (text: string) => new AbsoluteUrl(text))
    .registerFunction('kubernetes.URL.getScheme(): string', ({ url }: AbsoluteUrl) => url.protocol.slice(0, -1))
    .registerFunction('kubernetes.URL.getHost(): string', ({ url, hasHost }: AbsoluteUrl) => (hasHost ? url.host : ''))
    .registerFunction('kubernetes.URL.getHostname(): string', ({ url, hasHost }: AbsoluteUrl) =>
      hasHost ? url.hostname : '',
    )
    .registerFunction('kubernetes.URL.getPort(): string', ({ url }: AbsoluteUrl) => url.port)
    .registerFunction('kubernetes.URL.getEscapedPath(): string', ({ url }: AbsoluteUrl) => url.pathname);
}

class AbsoluteUrl {
  readonly url: URL;
  /** Of `https:///path` JavaScript makes the path the host. */
  readonly hasHost: boolean;

  constructor(text: string) {
    if (!isAbsoluteUrl(text)) throw new Error(`URL parse error during conversion from string: ${text}`);
    this.url = new URL(text);
    this.hasHost = /^[^:]+:\/\/[^/?#]/.test(text);
  }
}

function isAbsoluteUrl(text: string): boolean {
  return URL.canParse(text);
}

function replaceSome(text: string, from: string, to: string, most: bigint): string {
  const parts = text.split(from);
  const count = most < 0n ? parts.length - 1 : Math.min(Number(most), parts.length - 1);
  return (
    parts.slice(0, count + 1).join(to) +
    parts
      .slice(count + 1)
      .map((part) => from + part)
      .join('')
  );
}

/** `%s`, `%d`, `%f`, `%e`, `%b`, `%x`, `%o` and `%%`. */
function format(text: string, values: unknown[]): string {
  let next = 0;
  return text.replaceAll(/%(?:\.(\d+))?([sdfebxoX%])/g, (_match, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    const value = values[next++];
    switch (verb) {
      case 'f':
        return Number(value).toFixed(Number(precision ?? 6));
      case 'e':
        return Number(value).toExponential(Number(precision ?? 6));
      case 'b':
        return (value as bigint).toString(2);
      case 'o':
        return (value as bigint).toString(8);
      case 'x':
        return (value as bigint).toString(16);
      case 'X':
        return (value as bigint).toString(16).toUpperCase();
      default:
        return shown(value);
    }
  });
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, each]) => `${key}: ${shown(each)}`)
    .join(', ')}}`;
}
