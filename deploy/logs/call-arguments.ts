const OPENING = '([{';
const CLOSING = ')]}';

/**
 * The arguments of a call, as they are written.
 * @param from where the first one begins
 * @throws Error when the text ends before the call does
 */
export function callArguments(text: string, from: number): string[] {
  const parts: string[] = [];
  let [at, begin, depth] = [from, from, 0];
  const take = () => {
    const part = text.slice(begin, at).trim();
    if (part) parts.push(part);
    begin = at + 1;
  };
  for (; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (`'"\``.includes(letter)) at = endOfString(text, at);
    else if (text.startsWith('//', at)) at = endOf(text, '\n', at);
    else if (text.startsWith('/*', at)) at = endOf(text, '*/', at) + 1;
    else if (OPENING.includes(letter)) depth += 1;
    else if (CLOSING.includes(letter)) {
      if (depth === 0) {
        take();
        return parts;
      }
      depth -= 1;
    } else if (letter === ',' && depth === 0) take();
  }
  throw new Error('the source ends within a call');
}

function endOfString(text: string, from: number): number {
  const quote = text.charAt(from);
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
    else if (quote === '`' && text.startsWith('${', at)) at = endOfHole(text, at + 2);
  }
  throw new Error('the source ends within a string');
}

/** Of what stands in a template between `${` and `}`. */
function endOfHole(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (`'"\``.includes(letter)) at = endOfString(text, at);
    else if (letter === '{') depth += 1;
    else if (letter === '}' && depth-- === 0) return at;
  }
  throw new Error('the source ends within a template');
}

function endOf(text: string, what: string, from: number): number {
  const end = text.indexOf(what, from);
  return end < 0 ? text.length : end;
}
