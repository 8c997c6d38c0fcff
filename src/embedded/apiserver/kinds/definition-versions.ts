/** The rules of the versions of a CustomResourceDefinition, their subresources and columns. */

import { type FieldError, invalidValue, required } from '../base/field-error.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../base/json.ts';
import { isJsonPath } from '../tables/json-path.ts';
import { nameProblems } from './names.ts';
import { selectableFieldErrors } from './selectable-fields.ts';

const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];

export function versionErrors(spec: JsonObject): FieldError[] {
  const versions = asArray(spec.versions).map(asObject);
  const errors: FieldError[] = [];
  if (new Set(versions.map(({ name }) => name)).size !== versions.length) {
    errors.push(invalidValue('spec.versions', spec.versions, 'must contain unique version names'));
  }
  if (versions.filter(({ storage }) => storage === true).length !== 1) {
    errors.push(
      invalidValue('spec.versions', spec.versions, 'must have exactly one version marked as storage version'),
    );
  }
  const each = versions.flatMap((version, index) => {
    const path = `spec.versions[${index}]`;
    // What all versions share stands at the top, as far as the API server's messages go.
    const shared = versions.length === 1 ? 'spec' : path;
    const name = asString(version.name);
    return [
      ...nameProblems(name, 'service').map((problem) => invalidValue(`${path}.name`, name, problem)),
      ...deprecationErrors(version, path),
      ...scaleErrors(asObject(version.subresources), `${shared}.subresources`),
      ...asArray(version.additionalPrinterColumns).flatMap((column, position) =>
        columnErrors(asObject(column), `${shared}.additionalPrinterColumns[${position}]`),
      ),
      ...selectableFieldErrors(version, shared),
    ];
  });
  return [...errors, ...each];
}

function deprecationErrors({ deprecated, deprecationWarning }: JsonObject, path: string): FieldError[] {
  if (deprecationWarning === undefined || deprecated === true) return [];
  return [invalidValue(`${path}.deprecationWarning`, deprecationWarning, 'can only be set for deprecated versions')];
}

function scaleErrors(subresources: JsonObject, path: string): FieldError[] {
  const { scale } = subresources;
  if (!isObject(scale)) return [];
  const errors: FieldError[] = [];
  const rules = [
    ['specReplicasPath', ['.spec.'], 'should be a json path under .spec'],
    ['statusReplicasPath', ['.status.'], 'should be a json path under .status'],
    ['labelSelectorPath', ['.spec.', '.status.'], 'should be a json path under either .spec or .status'],
  ] as const;
  for (const [key, roots, detail] of rules) {
    const value = asString(scale[key]);
    if (value === '') {
      if (key !== 'labelSelectorPath') errors.push(required(`${path}.scale.${key}`));
    } else if (!roots.some((root) => value.startsWith(root))) {
      errors.push(invalidValue(`${path}.scale.${key}`, value, detail));
    }
  }
  return errors;
}

function columnErrors(column: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!column.name) errors.push(required(`${path}.name`));
  if (!column.type) errors.push(required(`${path}.type`));
  else if (!COLUMN_TYPES.includes(asString(column.type))) {
    errors.push(invalidValue(`${path}.type`, column.type, `must be one of ${COLUMN_TYPES.join(',')}`));
  }
  if (column.format && !COLUMN_FORMATS.includes(asString(column.format))) {
    errors.push(invalidValue(`${path}.format`, column.format, `must be one of ${COLUMN_FORMATS.join(',')}`));
  }
  const jsonPath = asString(column.jsonPath);
  if (jsonPath === '') errors.push(required(`${path}.JSONPath`));
  else if (!isJsonPath(jsonPath))
    errors.push(invalidValue(`${path}.JSONPath`, jsonPath, 'must be a simple json path starting with .'));
  return errors;
}
