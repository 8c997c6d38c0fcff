import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

interface QmpMessage {
  return?: unknown;
  error?: { class: string; desc: string };
  event?: string;
  data?: Record<string, unknown>;
}

type Pending = { resolve: (value: unknown) => void; reject: (error: Error) => void };

/** QEMU's control protocol. Emits its events under their names, such as `SHUTDOWN`, with their data. */
export class Qmp extends EventEmitter<Record<string, [Record<string, unknown>]>> {
  readonly #input: Writable;
  readonly #pending: Pending[] = [];
  #closed = false;

  constructor(input: Writable, output: Readable) {
    super();
    this.#input = input;
    // A QEMU that is gone is noticed by its exit.
    input.on('error', () => undefined);
    const lines = createInterface({ input: output });
    lines.on('line', (line) => this.#take(line));
    lines.on('close', () => this.#close());
  }

  /** @throws Error when QEMU refuses the command, or is gone before it answers */
  execute(command: string): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Error('the machine is gone'));
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
      this.#input.write(`${JSON.stringify({ execute: command })}\n`);
    });
  }

  /** Answers come in the order of the commands; the greeting is neither an answer nor an event. */
  #take(line: string): void {
    const message: QmpMessage = JSON.parse(line);
    if (message.event) this.emit(message.event, message.data ?? {});
    else if (message.error) this.#pending.shift()?.reject(new Error(message.error.desc));
    else if ('return' in message) this.#pending.shift()?.resolve(message.return);
  }

  #close(): void {
    this.#closed = true;
    for (const { reject } of this.#pending.splice(0)) reject(new Error('the machine is gone'));
  }
}
