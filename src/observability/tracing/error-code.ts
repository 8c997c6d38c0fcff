/** What a constant of a program looks like; anything else may hold what somebody wrote. */
const CONSTANT = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** What an error is called, in one stable word: its code, or the name of its class. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return CONSTANT.test(code) ? code : 'Error';
}
