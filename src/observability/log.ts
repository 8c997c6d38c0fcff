import pino, { type Logger } from 'pino';

/** Fields that would hold a secret if somebody logged the object they stand in. */
const SECRETS = ['password', 'client_token', 'clientToken', 'access_token', 'container_password', 'authorization'];

/**
 * The log of a program: JSON lines on standard output, written before the call returns, so that a crash loses none.
 * @param level `trace` to `fatal`, or `silent`
 */
export function createLog(program: string, level: string): Logger {
  const paths = SECRETS.flatMap((key) => [key, `*.${key}`]);
  return pino(
    { name: program, level, redact: { paths, censor: '…' }, base: { program } },
    pino.destination({ sync: true }),
  );
}
