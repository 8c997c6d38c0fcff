import { fileURLToPath } from 'node:url';
import { type LogCall, logCalls } from './log-calls.ts';
import { programFiles } from './program-files.ts';

/** The programs of the image that log, by where each begins. */
const PROGRAMS = { operator: 'src/main/operator.ts', server: 'src/main/server.ts' };

/** A constant message of the programs. */
export interface LoggedMessage extends LogCall {
  programs: string[];
}

/** What the programs log, each message once. @throws Error naming the place where the message is not constant */
export async function scan(root: URL): Promise<LoggedMessage[]> {
  const found = new Map<string, LoggedMessage>();
  for (const [program, main] of Object.entries(PROGRAMS)) {
    for (const [file, text] of await programFiles(new URL(main, root))) {
      for (const call of callsIn(file, text, root)) add(found, call, program);
    }
  }
  return [...found.values()];
}

function callsIn(file: string, text: string, root: URL): LogCall[] {
  try {
    return logCalls(text);
  } catch (error) {
    const path = fileURLToPath(file).slice(fileURLToPath(root).length);
    throw new Error(`${path}, ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

function add(found: Map<string, LoggedMessage>, call: LogCall, program: string): void {
  const key = `${call.level} ${call.message}`;
  const known = found.get(key);
  if (!known) {
    found.set(key, { ...call, programs: [program] });
    return;
  }
  known.fields = [...new Set([...known.fields, ...call.fields])];
  known.hasMore ||= call.hasMore;
  if (!known.programs.includes(program)) known.programs.push(program);
}
