import { badRequest } from '../base/status-error.ts';

/** The tokens of a label selector, one after the other; `''` is the end. */
export class SelectorTokens {
  readonly #tokens: string[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = text.match(/==|!=|[=<>!(),]|[^\s=<>!(),]+/g) ?? [];
  }

  peek(): string {
    return this.#tokens[this.#position] ?? '';
  }

  next(): string {
    const token = this.peek();
    this.#position++;
    return token;
  }

  isWord(): boolean {
    return /^[^\s=<>!(),]/.test(this.peek());
  }

  /** @throws KubeStatusError 400 for another token than a word */
  word(expected: string): string {
    if (this.isWord()) return this.next();
    throw badRequest(`unable to parse requirement: found '${this.peek()}', expected: ${expected}`);
  }

  /** What an operator compares with; nothing stands for the empty value. */
  value(): string {
    return this.peek() === '' || this.peek() === ',' ? '' : this.word('identifier');
  }
}
