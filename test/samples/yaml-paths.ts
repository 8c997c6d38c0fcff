/**
 * The paths of all fields that a YAML text names, those in comments too, by their indentation alone: `spec.tls.enabled`,
 * with `[]` for what is in a list. A comment counts as the YAML that it would be without its sign.
 */
export function yamlPaths(text: string): Set<string> {
  const paths = new Set<string>();
  let open: { indent: number; path: string }[] = [];
  for (const line of text.split('\n')) {
    const [, before = '', rest = ''] = /^(\s*)(?:# ?)?(.*)$/.exec(line) ?? [];
    let content = `${before}${rest}`;
    let indent = content.search(/\S/);
    if (indent < 0) continue;
    for (; /^\s*- \S/.test(content); indent = content.search(/\S/)) {
      open = open.filter((one) => one.indent < indent || (one.indent === indent && !one.path.endsWith('[]')));
      open.push({ indent, path: `${open.at(-1)?.path ?? ''}[]` });
      content = content.replace('- ', '  ');
    }
    const [, key, value = ''] = /^\s*([A-Za-z][\w./-]*):(?:\s+(.*))?$/.exec(content) ?? [];
    if (!key) continue;
    open = open.filter((one) => one.indent < indent);
    const above = open.at(-1)?.path;
    const path = above ? `${above}.${key}` : key;
    open.push({ indent, path });
    paths.add(path);
    if (value.startsWith('[')) paths.add(`${path}[]`);
  }
  return paths;
}
