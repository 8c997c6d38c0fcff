/** What is wrong with the text of a body although it can be read: fields that come twice, parts of a patch that mean nothing. */
import { asArray, isObject } from '../base/json.ts';
import { badRequest } from '../base/status-error.ts';
import type { ResourceRequest } from './context.ts';
import { duplicateFields, duplicateKeys } from './duplicate-fields.ts';

const OPERATION_FIELDS = ['op', 'path', 'from', 'value'];

/** @throws KubeStatusError 400 for a configuration to apply with double keys, when `isStrict` */
export function textProblems(request: ResourceRequest, isStrict: boolean): string[] {
  const { text, contentType } = request;
  if (text === undefined) return [];
  if (contentType.endsWith('yaml')) return yamlProblems(request, text, isStrict);
  const twice = duplicateFields(text).map((path) => `duplicate field ${JSON.stringify(path)}`);
  if (contentType !== 'application/json-patch+json') return twice;
  return [...twice, ...unknownParts(request)].map((problem) => `json patch ${problem}`);
}

function yamlProblems({ contentType }: ResourceRequest, text: string, isStrict: boolean): string[] {
  // JSON is YAML, and much faster to look through.
  const isJson = /^\s*[[{]/.test(text);
  const lines = isJson && duplicateFields(text).length === 0 ? [] : duplicateKeys(text);
  if (!isStrict || lines.length === 0) return lines;
  const summary = `yaml: unmarshal errors:\n  ${lines.join('\n  ')}`;
  if (contentType !== 'application/apply-patch+yaml') return [summary];
  throw badRequest(`error strict decoding YAML: error converting YAML to JSON: ${summary}`);
}

function unknownParts({ body }: ResourceRequest): string[] {
  return asArray(body).flatMap((operation, index) =>
    Object.keys(isObject(operation) ? operation : {})
      .filter((key) => !OPERATION_FIELDS.includes(key))
      .map((key) => `unknown field ${JSON.stringify(`[${index}].${key}`)}`),
  );
}
