/**
 * `node deploy/logs/generate.ts`: writes deploy/logs.md from what the sources log and what is said of it here. With `--check`
 * it writes nothing and fails when they differ. Both fail when a message is not constant, or nothing is said of it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { FIELDS as fields } from './fields.ts';
import { gaps, logsDocument } from './logs-document.ts';
import { OPERATOR_ENTRIES } from './operator-entries.ts';
import { scan } from './scan.ts';
import { SERVER_ENTRIES } from './server-entries.ts';
import { SHARED_ENTRIES } from './shared-entries.ts';

const root = new URL('../../', import.meta.url);
const file = new URL('deploy/logs.md', root);

const problems: string[] = [];
try {
  const entries = { ...OPERATOR_ENTRIES, ...SERVER_ENTRIES, ...SHARED_ENTRIES };
  const documented = { messages: await scan(root), entries, fields };
  problems.push(...gaps(documented));
  const text = logsDocument(documented);
  if (!process.argv.includes('--check')) await writeFile(file, text);
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    problems.push('deploy/logs.md is out of date: run `node deploy/logs/generate.ts` and commit the result');
  }
} catch (error) {
  problems.push(error instanceof Error ? error.message : String(error));
}
for (const problem of problems) process.stderr.write(`deploy/logs: ${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
