/** A report as text. Everything in it may come from somebody else. */
import { formatPin } from '../../client/tls/pins.ts';
import { duration } from '../text/duration.ts';
import { shown } from '../text/shown.ts';
import { table } from '../text/table.ts';
import { wrap } from '../text/wrap.ts';
import type { ContainerReport, EventReport, PodReport, ServerReport } from './report.ts';

/** @param width in characters @param now milliseconds, by the clock of this machine */
export function statusText(report: ServerReport, width: number, now: number): string {
  const ago = (time: string | undefined) => duration(now - Date.parse(time ?? ''));
  const left = (time: string | undefined) => duration(Date.parse(time ?? '') - now);
  const sections = [
    head(report, width),
    conditionLines(report, width),
    rows('Pods', report.pods, width, ['NAME', 'READY', 'STATE', 'RESTARTS', 'AGE', 'NODE'], (pod) => podRow(pod, ago)),
    rows('Containers', report.containers, width, ['PORT', 'STATE', 'MACHINE', 'AGE', 'LEFT', 'CLIENT', 'NODE'], (one) =>
      containerRow(one, ago, left),
    ),
    eventLines(report.events, width, ago),
    report.hidden.flatMap((what) => wrap(`Not seen: ${shown(what)}`, width, { others: '  ' })),
  ];
  const lines = sections
    .filter((section) => section.length > 0)
    .flatMap((section, i) => (i > 0 ? ['', ...section] : section));
  return `${lines.join('\n')}\n`;
}

function head(report: ServerReport, width: number): string[] {
  const { namespace, name, phase, address, fingerprint, previousFingerprint, isoSha256, warm, slots } = report;
  const fields: [string, string | undefined][] = [
    ['server', `${namespace}/${name}`],
    ['phase', phase],
    [
      'address',
      address &&
        `${address.host ?? 'any node'} port ${address.port}${address.webPort ? `, web ${address.webPort}` : ''}`,
    ],
    ['key', fingerprint && pinOf(fingerprint)],
    ['key before', previousFingerprint && pinOf(previousFingerprint)],
    ['ISO SHA-256', isoSha256],
    ['slots', `${slots.taken} of ${slots.max} taken, ${warm.is} of ${warm.wanted} warm`],
  ];
  return fields.flatMap(([title, text]) =>
    text === undefined ? [] : wrap(shown(text), width, { first: title.padEnd(12), others: ' '.repeat(12) }),
  );
}

/** As `anwdl known` tells it, and `--pin` takes it. */
function pinOf(sha256: string): string {
  return /^[0-9a-f]{64}$/.test(sha256) ? formatPin(sha256) : sha256;
}

/** A condition that is as it should be has nothing more to say. */
function conditionLines({ conditions }: ServerReport, width: number): string[] {
  const lines = conditions.flatMap(({ type, status, reason, message }) => {
    const text = `${type} ${status} ${reason}${isAsItShould(type, status) ? '' : `: ${message}`}`;
    return wrap(shown(text), width, { first: '  ', others: '    ' });
  });
  return ['Conditions', ...(lines.length > 0 ? lines : ['  none: no operator has looked at it yet'])];
}

function isAsItShould(type: string, status: string): boolean {
  if (type === 'Progressing') return status !== 'Unknown';
  return status === (type === 'Degraded' ? 'False' : 'True');
}

function rows<T>(
  title: string,
  all: T[] | undefined,
  width: number,
  columns: string[],
  row: (one: T) => string[],
): string[] {
  if (!all) return [];
  if (all.length === 0) return [title, '  none'];
  const cells = all.map((one) => row(one).map((cell) => shown(cell, 253)));
  return [title, ...table(columns, cells, width)];
}

type Since = (time: string | undefined) => string;

function podRow({ name, ready, state, restarts, created, node = '' }: PodReport, ago: Since): string[] {
  return [name, ready ? 'yes' : 'no', state, String(restarts), ago(created), node];
}

function containerRow(one: ContainerReport, ago: Since, left: Since): string[] {
  const { port, state, phase = '', created, expires, client = '', node = '' } = one;
  return [String(port ?? one.name), state, phase, ago(created), left(expires), client, node];
}

function eventLines(events: EventReport[] | undefined, width: number, ago: Since): string[] {
  if (!events) return [];
  if (events.length === 0) return ['Events', '  none'];
  const lines = events.flatMap(({ at, type, reason, about, note, count }) => {
    const times = count > 1 ? `, ${count} times` : '';
    const text = `${type === 'Warning' ? 'Warning ' : ''}${reason} ${about}: ${note}`;
    return wrap(shown(`${ago(at)} ago${times}: ${text}`), width, { first: '  ', others: '    ' });
  });
  return ['Events', ...lines];
}
