/** Field selectors: `metadata.name=x,status.phase!=Running` over the fields that a resource lets one select by. */
import { asString, at, type JsonObject } from '../base/json.ts';
import { badRequest } from '../base/status-error.ts';

export interface FieldRequirement {
  path: readonly string[];
  equals: boolean;
  value: string;
}

/**
 * @param supported the fields this resource can be selected by, beside `metadata.name` and `metadata.namespace`
 * @throws KubeStatusError 400 for another field, or for what is not a selector
 */
export function parseFieldSelector(text: string, supported: readonly string[]): FieldRequirement[] {
  return splitTerms(text).map((term) => {
    const match = /^([^=!]+)(==|=|!=)(.*)$/s.exec(term);
    if (!match?.[1]) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const field = match[1];
    if (field !== 'metadata.name' && field !== 'metadata.namespace' && !supported.includes(field)) {
      throw unknownField(field, supported);
    }
    return { path: field.split('.'), equals: match[2] !== '!=', value: unescaped(match[3] ?? '') };
  });
}

export function matchesFields(requirements: readonly FieldRequirement[], object: JsonObject): boolean {
  return requirements.every(({ path, equals, value }) => (fieldText(object, path) === value) === equals);
}

/** The name an object must have to match, where the selector says so. */
export function selectedName(requirements: readonly FieldRequirement[]): string | undefined {
  return requirements.find(({ path, equals }) => equals && path.join('.') === 'metadata.name')?.value;
}

function fieldText(object: JsonObject, path: readonly string[]): string {
  const value = at(object, path);
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : asString(value);
}

function unknownField(field: string, supported: readonly string[]): Error {
  if (supported.length > 0) return badRequest(`field label not supported: ${field}`);
  return badRequest(
    `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}

/** At commas that no backslash protects. */
function splitTerms(text: string): string[] {
  return text.split(/(?<!\\),/).filter((term) => term !== '');
}

function unescaped(value: string): string {
  return value.replaceAll(/\\([\\,=])/g, '$1');
}
