import { readCapped } from '../../runtime/read-capped.ts';
import { CliError, EXIT } from './errors.ts';
import { fileFault } from './known-servers/file-fault.ts';
import { inputText } from './standard-input.ts';
import type { Terminal } from './terminal.ts';

const MAX_FILE_BYTES = 4096;
const TOKEN = /^[0-9a-zA-Z\-_]{124}$/;

/**
 * The access token: from a file, from standard input (`-`), else from the environment variable ANWDL_ACCESS_TOKEN, if it is
 * set. Never from the command line, which other users of the machine can read.
 * @throws `CliError` that does not show it
 */
export async function accessToken(source: string | undefined, terminal: Terminal): Promise<string | undefined> {
  const { env } = terminal;
  if (source === '-') return checked(await inputText(terminal), 'standard input');
  if (source !== undefined) return checked(await fileText(source), source);
  return env.ANWDL_ACCESS_TOKEN ? checked(env.ANWDL_ACCESS_TOKEN, 'ANWDL_ACCESS_TOKEN') : undefined;
}

function checked(text: string, place: string): string {
  const token = text.trim();
  if (TOKEN.test(token)) return token;
  const form = '124 letters, digits, "-" or "_"';
  throw new CliError(EXIT.usage, `what ${place} gives is no access token: it has to be ${form}`);
}

async function fileText(path: string): Promise<string> {
  try {
    return (await readCapped(path, MAX_FILE_BYTES)).toString('latin1');
  } catch (cause) {
    throw new CliError(EXIT.usage, `the access token cannot be read from ${path}: ${fileFault(cause)}`, { cause });
  }
}
