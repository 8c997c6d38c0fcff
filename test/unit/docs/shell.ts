/** Commands as they stand in documentation: enough of a shell to tell words, pipes and comments apart. */

/** The commands of a block, each as its words; what a shell would put in for `$…` stays as it is. */
export function commands(block: string): string[][] {
  const joined = block.replaceAll(/\\\n\s*/g, ' ');
  return split(joined).filter((words) => words.length > 0);
}

const QUOTES = new Set(["'", '"']);
const ENDS = ['&&', '||', '|', ';', '$(', ')', '<(', '\n', '&'];

function split(text: string): string[][] {
  const found: string[][] = [[]];
  let word: string | undefined;
  const endWord = () => {
    if (word !== undefined) found.at(-1)?.push(word);
    word = undefined;
  };
  for (let at = 0; at < text.length; ) {
    const char = text[at] ?? '';
    if (QUOTES.has(char)) {
      const end = closing(text, at);
      word = `${word ?? ''}${text.slice(at + 1, end).replaceAll(char === '"' ? /\\(["$\\])/g : /(?!)/g, '$1')}`;
      at = end + 1;
      continue;
    }
    const end = ENDS.find((sign) => text.startsWith(sign, at));
    if (char === '#' && word === undefined) {
      at = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
    } else if (end) {
      endWord();
      found.push([]);
      at += end.length;
    } else {
      if (/\s/.test(char)) endWord();
      else word = `${word ?? ''}${char}`;
      at += 1;
    }
  }
  endWord();
  return found;
}

function closing(text: string, open: number): number {
  const quote = text[open];
  for (let at = open + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

/** The values of an option, written `--name value` or `--name=value`. */
export function valuesOf(words: string[], ...names: string[]): string[] {
  return words.flatMap((word, index) => {
    const name = names.find((one) => word === one || word.startsWith(`${one}=`));
    if (!name) return [];
    return word === name ? (words[index + 1] ?? []) : word.slice(name.length + 1);
  });
}
