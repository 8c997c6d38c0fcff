import { asArray, asObject, asString, type JsonValue } from '../base/json.ts';

/** A LabelSelector, or a plain map of labels, on one line. */
export function selectorText(selector: JsonValue | undefined): string {
  const { matchLabels, matchExpressions, ...plain } = asObject(selector);
  const labels = matchLabels === undefined && matchExpressions === undefined ? plain : asObject(matchLabels);
  const equalities = Object.entries(labels)
    .map(([key, value]) => `${key}=${asString(value)}`)
    .sort();
  const expressions = asArray(matchExpressions).map((each) => {
    const { key, operator, values } = asObject(each);
    const list = asArray(values).map(asString).join(',');
    if (operator === 'Exists') return asString(key);
    if (operator === 'DoesNotExist') return `!${asString(key)}`;
    return `${asString(key)} ${asString(operator).toLowerCase()} (${list})`;
  });
  return [...equalities, ...expressions].join(',') || '<none>';
}
