/** Members that an object in a text has twice, which the parsed value does not show. */
import { isScalar, LineCounter, parseDocument, visit } from 'yaml';

/** @param text valid JSON. Returns paths such as `spec.containers[0].name`, each as often as it comes again. */
export function duplicateFields(text: string): string[] {
  const duplicates: string[] = [];
  let position = 0;

  const space = () => {
    while (text.charCodeAt(position) <= 32) position++;
  };
  const string = () => {
    const start = position++;
    for (; text[position] !== '"'; position++) if (text[position] === '\\') position++;
    return text.slice(start, ++position);
  };
  const value = (path: string): void => {
    space();
    const first = text[position];
    if (first === '{') object(path);
    else if (first === '[') list(path);
    else if (first === '"') string();
    else while (position < text.length && !/[,\]}\s]/.test(text[position] ?? '')) position++;
    space();
  };
  const object = (path: string): void => {
    const seen = new Set<string>();
    do {
      position++;
      space();
      if (text[position] === '}') break;
      const key = JSON.parse(string()) as string;
      const place = path === '' ? key : `${path}.${key}`;
      if (seen.has(key)) duplicates.push(place);
      seen.add(key);
      space();
      position++;
      value(place);
    } while (text[position] === ',');
    position++;
  };
  const list = (path: string): void => {
    let index = 0;
    do {
      position++;
      space();
      if (text[position] === ']') break;
      value(`${path}[${index++}]`);
    } while (text[position] === ',');
    position++;
  };

  value('');
  return duplicates;
}

/** @param text valid YAML. Returns sentences such as `line 3: key "a" already set in map`. */
export function duplicateKeys(text: string): string[] {
  const lineCounter = new LineCounter();
  const sentences: string[] = [];
  visit(parseDocument(text, { lineCounter, uniqueKeys: false }), {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const { line } = lineCounter.linePos(key.range?.[0] ?? 0);
        if (seen.has(key.value)) sentences.push(`line ${line}: key ${JSON.stringify(key.value)} already set in map`);
        seen.add(key.value);
      }
    },
  });
  return sentences;
}
