import pino from 'pino';

const ERROR = 50;

/** One line of pino's JSON as people read it: time, level, sentence, fields; below an error's sentence where it came from. */
export function textLine(json: string): string {
  const { time, level, msg, program: _, err, ...fields }: Record<string, unknown> = JSON.parse(json);
  const label = pino.levels.labels[Number(level)] ?? String(level);
  const words = Object.entries({ ...fields, ...(err !== undefined && { err: messageOf(err) }) });
  const head = [
    new Date(Number(time)).toISOString(),
    label.toUpperCase().padEnd(5),
    msg,
    ...words.map(([key, value]) => `${key}=${wordOf(value)}`),
  ].join(' ');
  // What is expected to happen now and then says enough in a line.
  const trace = Number(level) >= ERROR ? traceOf(err) : '';
  return `${head}\n${trace}`;
}

/** Quoted where it would fall apart. */
function wordOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

function messageOf(err: unknown): unknown {
  return isRecord(err) && 'message' in err ? err.message : err;
}

function traceOf(err: unknown): string {
  const stack = isRecord(err) && typeof err.stack === 'string' ? err.stack : '';
  return [...stack.matchAll(/^ +at .*$/gm)].map(([line]) => `${line}\n`).join('');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
