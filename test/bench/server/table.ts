export interface Row {
  name: string;
  value: number;
  unit: string;
  goal?: { atLeast: number } | { atMost: number } | undefined;
  /** The value as a share of what the machine does at most, and of what. */
  ofLimit?: { share: number; limit: string } | undefined;
  /** What else there is to know: how far the rounds lie apart. */
  note?: string | undefined;
}

/** A benchmark's rows, as they are found; its exit code is 1 when one misses its goal. */
export class Table {
  readonly #rows: Row[] = [];
  readonly #asJson: boolean;

  /** @param args of the program: `-o json` prints JSON, at the end; otherwise each row is a line, at once */
  constructor(args: readonly string[]) {
    this.#asJson = args.some((arg, index) => arg === 'json' && args[index - 1] === '-o');
  }

  add(row: Row): void {
    this.#rows.push(row);
    if (!isReached(row)) process.exitCode = 1;
    if (!this.#asJson) process.stdout.write(`${line(row)}\n`);
  }

  end(): void {
    if (!this.#asJson) return;
    const rows = this.#rows.map((row) => ({ ...row, reached: isReached(row) }));
    process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
  }
}

function isReached({ value, goal }: Row): boolean {
  if (!goal) return true;
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}

function line(row: Row): string {
  const { name, value, unit, goal, ofLimit, note } = row;
  const limit = goal && ('atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`);
  const measured = `${number(value)} ${unit}`.trimEnd();
  const share = ofLimit ? `${number(ofLimit.share)} of ${ofLimit.limit}` : '';
  const columns = [name.padEnd(58), measured.padStart(14), (limit ?? '').padStart(9)];
  const verdict = isReached(row) ? '' : 'MISSED';
  return [...columns, verdict.padEnd(6), [share, note].filter(Boolean).join('; ')].join('  ').trimEnd();
}

/** Three digits that count. */
function number(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: value >= 1000 ? 4 : 3 });
}
