/** Commands in the documentation name scripts, options, resources, fields and files that there are. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as kinds from '../../../src/kube/resources.ts';
import { FIELDS } from '../../../src/main/operator/fields.ts';
import { documents, quoted, ROOT, shellBlocks } from './documents.ts';
import { CONDITION_TYPES, hasField, NAMES, patchedPaths } from './schemas.ts';
import { commands, valuesOf } from './shell.ts';

interface Said {
  path: string;
  words: string[];
}

const all = await documents();
const said: Said[] = all.flatMap(({ path, text }) =>
  [...shellBlocks(text), ...quoted(text).filter((code) => code.startsWith('npm run '))]
    .flatMap(commands)
    .map((words) => ({ path, words: withoutKeywords(words) })),
);

/** What a shell's own words, and variables that are set, stand before. */
function withoutKeywords(words: string[]): string[] {
  const first = words.findIndex((word) => !/^(do|then|while|if|time|sudo|[A-Z_]+=.*)$/.test(word));
  return first < 0 ? [] : words.slice(first);
}

/** The words of each command of this program. */
const of = (program: string) => said.filter(({ words }) => words[0] === program);

function none(faults: string[]): void {
  assert.deepEqual([...new Set(faults)], []);
}

test('every npm script that is run is one', async () => {
  const { scripts } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8'));
  const run = of('npm').flatMap(({ path, words }) => {
    if (words[1] !== 'run' && words[1] !== 'test') return [];
    const name = words[1] === 'test' ? 'test' : (words.slice(2).find((word) => !word.startsWith('-')) ?? '');
    return [{ path, name }];
  });
  assert.ok(run.length > 3);
  none(run.filter(({ name }) => !(name in scripts)).map(({ path, name }) => `${path}: npm run ${name}`));
});

test('every command and option of anwdl is one that its help names', async () => {
  const anwdl = [
    ...of('anwdl').map(({ path, words }) => ({ path, args: words.slice(1) })),
    ...of('npm')
      .filter(({ words }) => words.includes('anwdl'))
      .map(({ path, words }) => ({ path, args: words.slice(words.indexOf('--') + 1) })),
  ].filter(({ args }) => args.length > 0 && args[0] !== '…');
  assert.ok(anwdl.length > 5);
  const names = new Set(anwdl.map(({ args }) => args[0] ?? ''));
  const helps = new Map(await Promise.all([...names].map(async (name) => [name, await helpOf(name)] as const)));
  none(
    anwdl.flatMap(({ path, args: [name = '', ...rest] }) => {
      const help = helps.get(name);
      if (!help) return `${path}: anwdl ${name}`;
      const own = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined);
      const options = own.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.replace(/=.*/, ''));
      return options
        .filter((option) => !new RegExp(`(^|[\\s,])${option}([\\s,]|$)`, 'm').test(help))
        .map((option) => `${path}: anwdl ${name} ${option}`);
    }),
  );
});

async function helpOf(name: string): Promise<string | undefined> {
  const program = fileURLToPath(new URL('src/main/anwdl.ts', ROOT));
  const help = promisify(execFile)(process.execPath, [program, name, '--help']);
  const { stdout } = await help.catch(() => ({ stdout: '' }));
  return stdout.startsWith(`Usage: anwdl ${name}`) ? stdout : undefined;
}

/** Kubernetes' own, and what is written in place of one. */
const OTHERS = [
  ...Object.values(kinds).flatMap(({ kind, plural }) => [kind.toLowerCase(), plural]),
  ...['vmi', 'crd', 'deploy', 'svc', 'resourcequota', 'all', 'tls', 'generic', 'NODE'],
];
const VERBS = ['get', 'describe', 'delete', 'patch', 'label', 'annotate', 'scale', 'wait', 'edit', 'create', 'explain'];

/** The resources that a command is about; `crd` for `crd/name`. */
function resourcesOf(words: string[]): string[] {
  const verb = words.findIndex((word) => VERBS.includes(word));
  const [first = ''] = words.slice(verb + 1).filter((word) => !word.startsWith('-') && !isValue(words, word));
  const isInFiles = first === '' && words.includes('-f');
  if (verb < 0 || isInFiles || first.startsWith('$')) return [];
  return first.split(',').map((one) => one.replace(/\/.*/, ''));
}

function isValue(words: string[], word: string): boolean {
  return ['-n', '--namespace', '-f', '-k', '-l', '-o', '-p', '-L', '--type', '-c'].includes(
    words[words.indexOf(word) - 1] ?? '',
  );
}

test('every resource that kubectl is asked for is one', () => {
  const kubectl = of('kubectl');
  assert.ok(kubectl.length > 20);
  none(
    kubectl.flatMap(({ path, words }) =>
      resourcesOf(words)
        .map((name) => name.replace(/\..*/, ''))
        .filter((name) => !NAMES.has(name) && !OTHERS.includes(name))
        .map((name) => `${path}: kubectl ${words.slice(1, 4).join(' ')} (${name})`),
    ),
  );
});

test('every field that is patched, explained or read of our resources is in their schema', () => {
  let looked = 0;
  none(
    of('kubectl').flatMap(({ path, words }) => {
      const schemas = resourcesOf(words).flatMap((name) => NAMES.get(name.replace(/\..*/, '')) ?? []);
      if (schemas.length === 0) return [];
      const explained = words.includes('explain')
        ? resourcesOf(words).map((name) => name.replace(/^[^.]*\.?/, ''))
        : [];
      const patched = valuesOf(words, '-p', '--patch').flatMap((patch) => patchedPaths(JSON.parse(patch)));
      const read = valuesOf(words, '-o', '--output')
        .filter((format) => format.startsWith('jsonpath='))
        .flatMap((format) =>
          [...format.matchAll(/\.((?:status|spec)(?:\.\w+|\[[^\]]*\])+)/g)].map(([, field = '']) => field),
        );
      const fields = [...explained, ...patched, ...read].filter(Boolean);
      looked += fields.length;
      return fields
        .filter((field) => !schemas.some((schema) => hasField(schema, field)))
        .map((field) => `${path}: ${field}`);
    }),
  );
  assert.ok(looked > 10);
});

test('every field that the guide names in passing is in the schema of a server', () => {
  const server = NAMES.get('anwdl');
  assert.ok(server);
  const groups = Object.keys(server.properties?.spec?.properties ?? {}).join('|');
  const named = all
    .filter(({ path }) => path.startsWith('deploy/') || path === 'README.md')
    .flatMap(({ path, text }) =>
      quoted(text).flatMap((code) => {
        const [, field] = new RegExp(`^(?:spec\\.)?((?:${groups})(?:\\.[A-Za-z0-9]+)+)(?::.*)?$`).exec(code) ?? [];
        return field && !/\.(ya?ml|md|ts|json|pem|crt|key)$/.test(field) ? [{ path, field }] : [];
      }),
    );
  assert.ok(named.length > 30);
  none(named.filter(({ field }) => !hasField(server, `spec.${field}`)).map(({ path, field }) => `${path}: ${field}`));
});

test('every condition that is waited for is one of a server, or of a Kubernetes kind', () => {
  const waits = of('kubectl').flatMap(({ path, words }) =>
    valuesOf(words, '--for').map((value) => ({ path, type: /^condition=(\w+)/.exec(value)?.[1] })),
  );
  assert.ok(waits.length > 1);
  const known = [...CONDITION_TYPES, 'Available', 'established', undefined];
  none(waits.filter(({ type }) => !known.includes(type)).map(({ path, type }) => `${path}: ${type}`));
});

test('every option of the operator that is patched into its manifest is one', () => {
  const flags = FIELDS.map(({ flag }) => flag);
  const given = of('kubectl').flatMap(({ path, words }) =>
    valuesOf(words, '-p').flatMap((patch) =>
      [...patch.matchAll(/"(--[a-z-]+)/g)].map(([, flag = '']) => ({ path, flag })),
    ),
  );
  assert.ok(given.length > 1);
  none(given.filter(({ flag }) => !flags.includes(flag)).map(({ path, flag }) => `${path}: ${flag}`));
});

test('every file of the project that is applied or installed is there', () => {
  const files = [...of('kubectl'), ...of('helm')].flatMap(({ path, words }) =>
    words.filter((word) => /^(crds|deploy|charts)(\/|$)/.test(word)).map((file) => ({ path, file })),
  );
  assert.ok(files.length > 5);
  none(files.filter(({ file }) => !existsSync(new URL(file, ROOT))).map(({ path, file }) => `${path}: ${file}`));
});
