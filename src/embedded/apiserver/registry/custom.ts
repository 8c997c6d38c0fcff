/** A CustomResourceDefinition as the resources it makes the server serve: one per served version. */
import { asArray, asObject, asString, isObject, type JsonObject } from '../base/json.ts';
import { type StoredObject, specOf } from '../base/kube-object.ts';
import { prune } from '../schema/prune.ts';
import type { Schema } from '../schema/schema.ts';
import { printerColumns } from '../tables/printer-columns.ts';
import { ALL_VERBS, type Behaviour, type Conversion, type Resource, type ScalePaths } from './resource.ts';

export interface CustomKinds {
  metadata: Schema;
  /** What the rules of a schema do; made once per version, since compiling the rules takes time. */
  behaviourOf(schema: Schema, scale: ScalePaths | undefined): Behaviour;
}

export function customResources(definition: StoredObject, kinds: CustomKinds): Resource[] {
  const spec = specOf(definition);
  const versions = asArray(spec.versions).filter((version) => isObject(version));
  const storage = versions.find((version) => version.storage === true);
  return versions
    .filter((version) => version.served === true)
    .map((version) => customResource(spec, version, asObject(storage), kinds));
}

function customResource(spec: JsonObject, version: JsonObject, storage: JsonObject, kinds: CustomKinds): Resource {
  const group = asString(spec.group);
  const storedAs = `${group}/${asString(storage.name)}`;
  const names = asObject(spec.names);
  const plural = asString(names.plural);
  const kind = asString(names.kind);
  const subresources = asObject(version.subresources);
  const schema = rootSchema(version, kinds.metadata);
  const scale = isObject(subresources.scale) ? scalePaths(subresources.scale) : undefined;
  return {
    group,
    version: asString(version.name),
    plural,
    kind,
    singular: asString(names.singular) || kind.toLowerCase(),
    listKind: asString(names.listKind) || `${kind}List`,
    namespaced: spec.scope === 'Namespaced',
    shortNames: asArray(names.shortNames).map(asString),
    categories: asArray(names.categories).map(asString),
    verbs: ALL_VERBS,
    storageKey: `${plural}.${group}`,
    storedAs,
    conversion:
      version === storage ? undefined : conversion(`${group}/${asString(version.name)}`, storage, storedAs, kinds),
    schema,
    custom: true,
    deprecation: deprecationOf(version, group, kind),
    hasStatus: isObject(subresources.status),
    hasGeneration: true,
    scale,
    others: [],
    nameRule: 'subdomain',
    behaviour: kinds.behaviourOf(schema, scale),
    columns: printerColumns(asArray(version.additionalPrinterColumns).filter((column) => isObject(column))),
    selectableFields: asArray(version.selectableFields).map((field) =>
      asString(asObject(field).jsonPath).replace(/^\./, ''),
    ),
  };
}

function deprecationOf({ name, deprecated, deprecationWarning }: JsonObject, group: string, kind: string) {
  if (deprecated !== true) return undefined;
  return asString(deprecationWarning) || `${group}/${asString(name)} ${kind} is deprecated`;
}

/** Versions differ in their names; but nothing is stored that the stored version does not know. */
function conversion(apiVersion: string, storage: JsonObject, storedAs: string, { metadata }: CustomKinds): Conversion {
  const schema = rootSchema(storage, metadata);
  return {
    fromStored: (object) => ({ ...object, apiVersion }),
    toStored: (object) => ({ ...(prune(object, schema, metadata).object as StoredObject), apiVersion: storedAs }),
  };
}

/** The schema of a version, with what every object has beside what its author wrote. */
function rootSchema(version: JsonObject, metadata: Schema): Schema {
  const schema = asObject(asObject(version.schema).openAPIV3Schema) as Schema;
  return {
    ...schema,
    type: 'object',
    properties: {
      ...schema.properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: restrictedMetadata(schema.properties?.metadata, metadata),
    },
  };
}

/** Of metadata, a definition may restrict the name only. */
function restrictedMetadata(declared: Schema | undefined, metadata: Schema): Schema {
  const { name, generateName } = declared?.properties ?? {};
  return {
    ...metadata,
    properties: { ...metadata.properties, ...(name ? { name } : {}), ...(generateName ? { generateName } : {}) },
  };
}

function scalePaths(scale: JsonObject): ScalePaths {
  const path = (value: JsonObject[string]) =>
    asString(value)
      .split('.')
      .filter((part) => part !== '');
  return {
    specReplicas: path(scale.specReplicasPath),
    statusReplicas: path(scale.statusReplicasPath),
    selector: scale.labelSelectorPath ? path(scale.labelSelectorPath) : undefined,
  };
}
