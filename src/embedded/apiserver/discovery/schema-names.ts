/** The schemas of a document: kinds and the built-in types they are made of, each once and by name. */
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Resource } from '../registry/resource.ts';
import type { Schema } from '../schema/schema.ts';

export class SchemaNames {
  readonly #schemas = new Map<string, JsonObject>();
  readonly #prefix: string;

  /** @param prefix of references, such as `#/components/schemas/` */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Adds the kind of a resource and returns a reference to it. */
  kind(resource: Resource): JsonObject {
    const { group, version, kind } = resource;
    const builtIn = `io.k8s.api.${group === '' ? 'core' : group.split('.')[0]}`;
    const name = `${resource.custom ? group.split('.').reverse().join('.') : builtIn}.${version}.${kind}`;
    if (!this.#schemas.has(name)) {
      this.#schemas.set(name, {});
      const { name: _type, ...schema } = resource.schema;
      const mark = { 'x-kubernetes-group-version-kind': [{ group, version, kind }] };
      this.#schemas.set(name, { ...this.#members(schema), ...mark });
    }
    return { $ref: this.#prefix + name };
  }

  schemas(): JsonObject {
    return Object.fromEntries([...this.#schemas].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  #convert(schema: Schema): JsonObject {
    if (schema.name === undefined) return this.#members(schema);
    const name = `io.k8s.api.${schema.name}`;
    if (!this.#schemas.has(name)) {
      this.#schemas.set(name, {});
      const { name: _type, ...rest } = schema;
      this.#schemas.set(name, this.#members(rest));
    }
    // A description beside a reference is only read through allOf.
    return { allOf: [{ $ref: this.#prefix + name }] };
  }

  #members(schema: Schema): JsonObject {
    const { properties, items, additionalProperties, allOf, anyOf, oneOf, not, binary: _binary, ...rest } = schema;
    const list = (schemas: readonly Schema[]) => schemas.map((each) => this.#members(each));
    return {
      ...(rest as JsonObject),
      ...(schema['x-kubernetes-int-or-string'] && { type: 'string', format: 'int-or-string' }),
      ...(properties && {
        properties: Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, this.#convert(each)])),
      }),
      ...(items && { items: this.#convert(items) }),
      ...(additionalProperties !== undefined && {
        additionalProperties: (typeof additionalProperties === 'object'
          ? this.#convert(additionalProperties)
          : additionalProperties) as JsonValue,
      }),
      ...(allOf && { allOf: list(allOf) }),
      ...(anyOf && { anyOf: list(anyOf) }),
      ...(oneOf && { oneOf: list(oneOf) }),
      ...(not && { not: this.#members(not) }),
    };
  }
}
