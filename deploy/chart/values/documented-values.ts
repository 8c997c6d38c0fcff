/** One value of the chart that a user sets. */
export interface DocumentedValue {
  /** Such as `image.tag`. */
  path: string;
  /** As YAML, on one line. */
  fallback: string;
  /** The comment above it; empty for one whose name says all. */
  comment: string;
}

const LINE = /^(?<indent> *)(?<key>[A-Za-z]+):(?: (?<value>.*))?$/;
/** Above these, the values below are one: Kubernetes' own shapes. */
const WHOLE = new Set(['resources', 'podSecurityContext', 'securityContext', 'dashboards.labels']);

interface Open {
  indent: number;
  path: string;
}

/**
 * Reads values.yaml, which keeps to a part of YAML: a key on a line, its comment on the lines above it.
 * @throws Error naming a line of another form
 */
export function documentedValues(text: string): DocumentedValue[] {
  const values: DocumentedValue[] = [];
  const open: Open[] = [];
  let comments: string[] = [];
  let whole: { indent: number; lines: string[]; value: DocumentedValue } | undefined;
  const close = () => {
    if (whole) whole.value.fallback = whole.lines.join('\n');
    whole = undefined;
  };
  for (const line of text.split('\n')) {
    const indent = line.length - line.trimStart().length;
    if (whole && line.trim() && indent > whole.indent) {
      whole.lines.push(line.slice(whole.indent + 2));
      continue;
    }
    close();
    if (!line.trim()) comments = [];
    else if (line.trimStart().startsWith('#')) comments.push(line.trimStart().replace(/^# ?/, ''));
    else {
      const { key, value } = LINE.exec(line)?.groups ?? {};
      if (!key) throw new Error(`values.yaml: a line that is no key: ${line}`);
      while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
      const path = [open.at(-1)?.path, key].filter(Boolean).join('.');
      const found = { path, fallback: value ?? '', comment: comments.join(' ') };
      if (value !== undefined) values.push(found);
      else if (WHOLE.has(path)) {
        values.push(found);
        whole = { indent, lines: [], value: found };
      } else open.push({ indent, path });
      comments = [];
    }
  }
  close();
  return values;
}
