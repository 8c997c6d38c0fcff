/** The schemas of the built-in kinds, by the names of their types. */

import type { Schema } from './schema.ts';
import { parseTypes } from './type-table.ts';
import { ADMISSION_TYPES } from './types/admission.ts';
import { EXTENSION_TYPES } from './types/apiextensions.ts';
import { CORE_TYPES } from './types/core.ts';
import { META_TYPES } from './types/meta.ts';
import { OTHER_TYPES } from './types/other.ts';
import { POD_TYPES } from './types/pod.ts';

export type BuiltinSchemas = (typeName: string) => Schema;

/** Parses the tables once per server. @throws TypeError when asked for a type that is not there */
export function builtinSchemas(): BuiltinSchemas {
  const types = parseTypes(META_TYPES, POD_TYPES, CORE_TYPES, OTHER_TYPES, EXTENSION_TYPES, ADMISSION_TYPES);
  // A missing protocol is TCP wherever it tells two ports apart.
  for (const name of ['ContainerPort', 'ServicePort']) {
    const protocol = types.get(name)?.properties?.protocol;
    const owner = types.get(name)?.properties;
    if (protocol && owner) owner.protocol = { ...protocol, default: 'TCP' };
  }
  return (typeName) => {
    const found = types.get(typeName);
    if (!found?.properties) throw new TypeError(`no built-in type ${typeName}`);
    return kindSchema(found);
  };
}

/** The fields that every object has, beside those of its type. */
function kindSchema(schema: Schema): Schema {
  return {
    ...schema,
    properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, ...schema.properties },
  };
}
