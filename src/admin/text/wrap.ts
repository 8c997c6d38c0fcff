/** What lines begin with: the first one, and the others. */
interface Margins {
  first?: string;
  others?: string;
}

/**
 * A text as lines of at most `width` characters, broken at spaces, and within a word that is longer than a line.
 * @param text one line
 */
export function wrap(text: string, width: number, { first = '', others = '' }: Margins = {}): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ').flatMap((one) => pieces(one, width - others.length))) {
    const longer = isEmpty ? line + word : `${line} ${word}`;
    if (longer.length <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = others + word;
    }
    isEmpty = false;
  }
  return [...lines, line];
}

function pieces(word: string, most: number): string[] {
  if (word.length <= most) return [word];
  const characters = [...word];
  const count = Math.ceil(characters.length / most);
  return Array.from({ length: count }, (_, index) => characters.slice(index * most, (index + 1) * most).join(''));
}

const USUAL_WIDTH = 80;
const LEAST_WIDTH = 40;
const MOST_WIDTH = 120;

/** How wide what is written to a stream may be, in characters; for a pipe as for a usual terminal. */
export function widthOf(stream: object): number {
  const columns = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : USUAL_WIDTH;
  return Math.min(Math.max(columns, LEAST_WIDTH), MOST_WIDTH);
}
