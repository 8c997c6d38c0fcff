/** The Markdown files of the project, as what is said in them can be held to the rest of it. */
import { glob, readFile } from 'node:fs/promises';

export const ROOT = new URL('../../../', import.meta.url);
const ELSEWHERE = /^(node_modules|dist|coverage|\.git)\//;

interface Document {
  /** From the project's top level. */
  path: string;
  text: string;
}

export async function documents(pattern = '**/*.md'): Promise<Document[]> {
  const found: Document[] = [];
  for (const each of [pattern, `.github/${pattern}`]) {
    for await (const path of glob(each, { cwd: ROOT, exclude: (name) => name === 'node_modules' || name === '.git' })) {
      if (ELSEWHERE.test(path) || found.some((one) => one.path === path)) continue;
      found.push({ path, text: await readFile(new URL(path, ROOT), 'utf8') });
    }
  }
  return found.sort((a, b) => a.path.localeCompare(b.path));
}

interface Block {
  /** As written after the fence; undefined outside of fenced blocks. */
  language: string | undefined;
  lines: string[];
}

/** The fenced blocks of a text, and what lies between them. */
function blocks(text: string): Block[] {
  const found: Block[] = [{ language: undefined, lines: [] }];
  for (const line of text.split('\n')) {
    const [, language] = /^```(.*)$/.exec(line) ?? [];
    const isInside = found.at(-1)?.language !== undefined;
    if (language === undefined) found.at(-1)?.lines.push(line);
    else found.push({ language: isInside ? undefined : language.trim(), lines: [] });
  }
  return found;
}

/** The lines outside of fenced blocks. */
function prose(text: string): string[] {
  return blocks(text).flatMap(({ language, lines }) => (language === undefined ? lines : []));
}

const SHELLS = ['', 'sh', 'shell', 'bash', 'console'];

/** The fenced blocks that are for a shell: of no language, or of one. */
export function shellBlocks(text: string): string[] {
  return placedShellBlocks(text).map(({ commands }) => commands);
}

interface PlacedBlock {
  /** The heading that it stands under, and which of its shell blocks it is where there are several: `Restore`, `Versions (2)`. */
  place: string;
  commands: string;
}

export function placedShellBlocks(text: string): PlacedBlock[] {
  const under = new Map<string, number>();
  let heading = '';
  return blocks(text).flatMap(({ language, lines }) => {
    if (language === undefined) heading = lastHeading(lines) ?? heading;
    if (language === undefined || !SHELLS.includes(language)) return [];
    const number = (under.get(heading) ?? 0) + 1;
    under.set(heading, number);
    return [{ place: number > 1 ? `${heading} (${number})` : heading, commands: `${lines.join('\n')}\n` }];
  });
}

function lastHeading(lines: string[]): string | undefined {
  const line = lines.findLast((one) => /^#{1,6}\s/.test(one));
  return line?.replace(/^#+\s+/, '');
}

/** What stands in single backquotes, outside of fenced blocks. */
export function quoted(text: string): string[] {
  return [
    ...prose(text)
      .join('\n')
      .matchAll(/`([^`\n]+)`/g),
  ].map(([, code = '']) => code);
}

/** The anchors that its headings are given, as GitHub makes them. */
export function anchors(text: string): Set<string> {
  const known = new Set<string>();
  for (const line of prose(text)) {
    const [, heading] = /^#{1,6}\s+(.+?)\s*#*$/.exec(line) ?? [];
    if (heading === undefined) continue;
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
    let anchor = slug;
    for (let count = 1; known.has(anchor); count++) anchor = `${slug}-${count}`;
    known.add(anchor);
  }
  return known;
}

/** Where its links lead, images too. */
export function links(text: string): string[] {
  const plain = prose(text)
    .join('\n')
    .replaceAll(/`[^`\n]*`/g, '');
  return [...plain.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map(([, target = '']) => target);
}
