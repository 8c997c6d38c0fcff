import { printable, type Terminal } from './terminal.ts';

export type OutputFormat = 'text' | 'json';

/** One object, as JSON or as aligned lines, for people and for programs. */
export function formatted(fields: Record<string, unknown>, format: OutputFormat): string {
  if (format === 'json') return `${JSON.stringify(fields, undefined, 2)}\n`;
  const width = Math.max(...Object.keys(fields).map((key) => key.length));
  const lines = Object.entries(fields).map(([key, value]) => `${key.padEnd(width)}  ${printable(String(value))}\n`);
  return lines.join('');
}

export function print(terminal: Terminal, fields: Record<string, unknown>, format: OutputFormat): void {
  terminal.stdout.write(formatted(fields, format));
}
