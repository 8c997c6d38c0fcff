/** The part of a pino logger that the runtime needs: a constant sentence, and fields. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => undefined;

/** For those who want none. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
