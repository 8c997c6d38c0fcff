import pino, { type DestinationStream, type Logger } from 'pino';
import { textLine } from './text-line.ts';

/** Fields that would hold a secret if somebody logged the object they stand in. */
const SECRETS = ['password', 'client_token', 'clientToken', 'access_token', 'container_password', 'authorization'];

export type LogFormat = 'json' | 'text';

/**
 * The log of a program, on standard output, written before the call returns, so that a crash loses none.
 * @param level `trace` to `fatal`, or `silent`
 * @param format JSON for machines, or one line of text for people
 */
export function createLog(program: string, level: string, format: LogFormat = 'json'): Logger {
  const paths = SECRETS.flatMap((key) => [key, `*.${key}`]);
  const output = pino.destination({ sync: true });
  const text: DestinationStream = { write: (line) => output.write(textLine(line)) };
  return pino({ level, redact: { paths, censor: '…' }, base: { program } }, format === 'text' ? text : output);
}
