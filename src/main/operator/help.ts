import { FIELDS, type Field } from './fields.ts';

const WIDTH = 100;
const INDENT = 6;

/** The text of `operator --help`; options, defaults and examples come from the schema. */
export function help(): string {
  return `Usage: operator --server-image IMAGE [flags]

Keeps in the cluster what every AnweddolServer asks for.

Flags:
${FIELDS.map(entry).join('\n')}
  --version
${indented('Say the version.')}
  -h, --help
${indented('Say this.')}

Every flag has an environment variable, and a key in the file that --config names:
${FIELDS.map(({ flag, variable, key }) => `  ${flag.padEnd(34)}${variable.padEnd(42)}${key === 'config' ? '' : key}`).join('\n')}
A flag wins over the environment, the environment over the file, the file over the default.

Examples:
${examples()
  .map((line) => `  ${line}`)
  .join('\n')}

Exit codes:
  0  stopped by SIGTERM or SIGINT
  1  failed at run time, the loss of the lease included
  2  wrong configuration
`;
}

function entry(field: Field): string {
  const { flag, type, value, description, fallback, required } = field;
  const written = type === 'boolean' ? `${flag}[=${value}], --no-${flag.slice(2)}` : `${flag} ${value}`;
  const note = required ? ' Required.' : fallback === undefined ? '' : ` Default: ${fallback}.`;
  return `  ${written}\n${indented(`${description}${note} Takes ${field.takes}.`)}`;
}

/** A run with as little as can be, one for some namespaces, one with a variable. */
function examples(): string[] {
  const [image, namespaces, format] = ['serverImage', 'namespaces', 'logFormat'].map(asFlag);
  const level = FIELDS.filter(({ key }) => key === 'logLevel').map(({ variable, example }) => `${variable}=${example}`);
  return [`operator ${image}`, `operator ${image} ${namespaces}`, `${level} operator ${image} ${format}`];
}

function asFlag(key: string): string {
  return FIELDS.filter((field) => field.key === key)
    .map(({ flag, example }) => `${flag} ${example}`)
    .join(' ');
}

function indented(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length + 1 > WIDTH - INDENT) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines.map((line) => ' '.repeat(INDENT) + line).join('\n');
}
