/** Times as the built-in kinds have them: whole seconds, or microseconds with all six digits. */

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;
const ZONE = /^(Z|[+-]\d{2}:\d{2})$/;
const SECONDS_LAYOUT = '2006-01-02T15:04:05Z07:00';
const MICRO_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';

/** The time in UTC, or what is wrong with it in the words of Go. */
export function readTime(text: string, isMicro: boolean): { time: string } | { problem: string } {
  const layout = isMicro ? MICRO_LAYOUT : SECONDS_LAYOUT;
  const refuse = (rest: string, part: string) => ({
    problem: `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(part)}`,
  });
  const date = DATE.exec(text)?.[0];
  if (date === undefined) return refuse(text, '2006');
  const rest = text.slice(date.length);
  const fraction = (isMicro ? /^\.\d{6}/ : /^(\.\d+)?/).exec(rest)?.[0];
  if (fraction === undefined) return refuse(rest, '.000000');
  const zone = rest.slice(fraction.length);
  if (!ZONE.test(zone)) return refuse(zone, 'Z07:00');
  const at = new Date(`${date}${zone}`);
  if (Number.isNaN(at.getTime())) return refuse(text, '2006');
  return { time: `${at.toISOString().slice(0, 19)}${isMicro ? fraction : ''}Z` };
}
