/** Built-in resources in a few words each. */
import type { BuiltinSchemas } from '../schema/builtin-schemas.ts';
import type { Column } from '../tables/column.ts';
import { objectColumns } from '../tables/common-columns.ts';
import {
  ALL_VERBS,
  type Behaviour,
  type Conversion,
  type NameRule,
  type OtherSubresource,
  type Resource,
  type Verb,
} from './resource.ts';

export interface BuiltinResource {
  group: string;
  version: string;
  plural: string;
  kind: string;
  /** Name of its type in the tables of types. Default: the kind. */
  type?: string;
  namespaced: boolean;
  shortNames?: readonly string[];
  categories?: readonly string[];
  verbs?: readonly Verb[];
  status?: boolean;
  generation?: boolean;
  scale?: boolean;
  others?: readonly OtherSubresource[];
  nameRule?: NameRule;
  /** Where its objects are kept, when another resource shows the same ones. */
  storedWith?: { storageKey: string; apiVersion: string; conversion: Conversion };
  behaviour?: Behaviour;
  /** Columns after NAME and before AGE. */
  columns?: readonly Column[];
  /** All columns, for the tables that don't begin with NAME and end with AGE. */
  wholeTable?: readonly Column[];
  selectableFields?: readonly string[];
}

const SCALE = {
  specReplicas: ['spec', 'replicas'],
  statusReplicas: ['status', 'replicas'],
  selector: ['spec', 'selector'],
} as const;

export function defineResource(builtin: BuiltinResource, schemas: BuiltinSchemas): Resource {
  const { group, version, plural, kind } = builtin;
  return {
    group,
    version,
    plural,
    kind,
    singular: kind.toLowerCase(),
    listKind: `${kind}List`,
    namespaced: builtin.namespaced,
    shortNames: builtin.shortNames ?? [],
    categories: builtin.categories ?? [],
    verbs: builtin.verbs ?? ALL_VERBS,
    storageKey: builtin.storedWith?.storageKey ?? (group === '' ? plural : `${plural}.${group}`),
    storedAs: builtin.storedWith?.apiVersion ?? (group === '' ? version : `${group}/${version}`),
    conversion: builtin.storedWith?.conversion,
    schema: schemas(builtin.type ?? kind),
    custom: false,
    hasStatus: builtin.status ?? false,
    hasGeneration: builtin.generation ?? false,
    scale: builtin.scale ? SCALE : undefined,
    others: builtin.others ?? [],
    nameRule: builtin.nameRule ?? 'subdomain',
    behaviour: builtin.behaviour ?? {},
    columns: builtin.wholeTable ?? objectColumns(builtin.columns ?? []),
    selectableFields: builtin.selectableFields ?? [],
  };
}
