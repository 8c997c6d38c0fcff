import { isIPv4, isIPv6 } from 'node:net';
import { canonicalAddress } from '../access/canonical-address.ts';
import { badProxyHeader, type ProxyHeader, type Source } from './proxy-header.ts';

/** With its CRLF. */
const MAX_LENGTH = 107;
const MIN_LENGTH = 'PROXY UNKNOWN\r\n'.length;
const UNKNOWN = 'PROXY UNKNOWN';

/** One of the words of the line, which a single space separates. */
interface Word {
  matches(text: string): boolean;
  /** Whether more characters can make it match. */
  canBegin(text: string): boolean;
}

const ADDRESS_4 = address(isIPv4, ['', '0', '.0', '0.0', '.0.0', '0.0.0', '.0.0.0', '0.0.0.0']);
const ADDRESS_6 = address(
  (text) => isIPv6(text) && !text.includes('%'),
  ['', '0', ':', '::', ':0', '.0', '0.0', '.0.0', '0.0.0', '.0.0.0'],
);
const PORT: Word = { matches: isPort, canBegin: (text) => text === '' || isPort(text) };
const LINES = [
  [exactly('PROXY'), exactly('TCP4'), ADDRESS_4, ADDRESS_4, PORT, PORT],
  [exactly('PROXY'), exactly('TCP6'), ADDRESS_6, ADDRESS_6, PORT, PORT],
];

/** The line of text: `PROXY TCP4 192.0.2.7 198.51.100.1 51234 6150\r\n`. @throws `ValueError` `BadProxyHeader` */
export function parseVersion1(bytes: Buffer): ProxyHeader {
  const text = bytes.toString('latin1', 0, MAX_LENGTH);
  const end = text.indexOf('\r');
  const line = end < 0 ? text : text.slice(0, end);
  const length = line.length + 2;
  if (length > MAX_LENGTH) throw badProxyHeader(`longer than ${MAX_LENGTH} bytes`);
  if (end < 0) {
    if (!canBegin(line)) throw badProxyHeader('not the beginning of a version 1 line');
    return { state: 'incomplete', need: Math.max(length, MIN_LENGTH) };
  }
  const source = sourceOf(line);
  if (text.length < length) return { state: 'incomplete', need: length };
  if (text[end + 1] !== '\n') throw badProxyHeader('a carriage return without a line feed');
  return { state: 'done', length, source };
}

function sourceOf(line: string): Source | undefined {
  if (isUnknown(line)) return undefined;
  const words = line.split(' ');
  const isLine = LINES.some((form) => words.length === form.length && allMatch(form, words));
  const address = canonicalAddress(words[2] ?? '');
  if (!isLine || address === undefined) throw badProxyHeader('not a version 1 line');
  return { address, port: Number(words[4]) };
}

function canBegin(line: string): boolean {
  if (UNKNOWN.startsWith(line) || isUnknown(line)) return true;
  const words = line.split(' ');
  const last = words.pop() ?? '';
  return LINES.some((form) => allMatch(form, words) && form[words.length]?.canBegin(last));
}

/** What follows on the line of an unknown connection does not matter. */
function isUnknown(line: string): boolean {
  return line === UNKNOWN || (line.startsWith(`${UNKNOWN} `) && !line.includes('\n'));
}

function allMatch(form: Word[], words: string[]): boolean {
  return words.every((word, index) => form[index]?.matches(word));
}

function exactly(word: string): Word {
  return { matches: (text) => text === word, canBegin: (text) => word.startsWith(text) };
}

/** The beginning of an address is what one of a few endings makes an address of. */
function address(matches: (text: string) => boolean, endings: string[]): Word {
  return { matches, canBegin: (text) => endings.some((ending) => matches(text + ending)) };
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}
