/**
 * Rows in aligned columns of text, under their titles. A cell that would make the table wider than it may be is cut, the
 * widest column first.
 * @param width of the table, in characters
 */
export function table(titles: string[], rows: string[][], width: number, indent = '  '): string[] {
  const all = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const total = () => widths.reduce((sum, one) => sum + one + 2, indent.length - 2);
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= 4) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return all.map((row) => (indent + row.map((cell, column) => fit(cell, widths[column] ?? 0)).join('  ')).trimEnd());
}

function fit(cell: string, width: number): string {
  return cell.length <= width ? cell.padEnd(width) : `${cell.slice(0, width - 1)}…`;
}
