import { readFile } from 'node:fs/promises';

/** Type imports are gone when a program runs. */
const IMPORT =
  /^(?:import|export)(?! type\b)[^;]*?from '(?<file>\.[^']+)'|import\('(?<lazy>\.[^']+)'\)|^import '(?<bare>\.[^']+)'/gms;

/** The sources that a program is made of: its own and all that they import, by URL. */
export async function programFiles(main: URL): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const left = [main];
  for (let file = left.pop(); file; file = left.pop()) {
    if (texts.has(file.href)) continue;
    const text = await readFile(file, 'utf8');
    texts.set(file.href, text);
    for (const { groups } of text.matchAll(IMPORT)) {
      const target = groups?.file ?? groups?.lazy ?? groups?.bare;
      if (target) left.push(new URL(target, file));
    }
  }
  return texts;
}
