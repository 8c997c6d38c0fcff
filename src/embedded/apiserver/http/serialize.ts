/** Answers as the JSON that was asked for. Stored objects never change, so each is turned into text once. */

import type { JsonObject } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import type { Answer } from '../handlers/context.ts';
import { apiVersionOf, inVersion, type Resource } from '../registry/resource.ts';
import { type TableOptions, table } from '../tables/render.ts';
import type { Form } from './negotiate.ts';

export class Serializer {
  readonly #texts = new WeakMap<StoredObject, string>();

  answer(answer: Answer, resource: Resource, form: Form, options: TableOptions): string {
    if (answer.object) return this.object(answer.object, resource, form, options);
    if (answer.list) return this.#list(answer.list, resource, form, options);
    return JSON.stringify(answer.json ?? {});
  }

  object(object: StoredObject, resource: Resource, form: Form, options: TableOptions): string {
    if (form === 'table') {
      const { resourceVersion } = object.metadata;
      return JSON.stringify(table([inVersion(object, resource)], resource.columns, { resourceVersion }, options));
    }
    if (form === 'metadata') return JSON.stringify(partial(object));
    return this.#text(object, resource);
  }

  /** One line of a watch. */
  event(type: string, object: StoredObject, resource: Resource, form: Form, options: TableOptions): string {
    const text =
      form === 'table' && type === 'BOOKMARK'
        ? JSON.stringify(table([], resource.columns, object.metadata, options))
        : this.object(object, resource, form, options);
    return `{"type":"${type}","object":${text}}\n`;
  }

  #list(list: NonNullable<Answer['list']>, resource: Resource, form: Form, options: TableOptions): string {
    const metadata: JsonObject = {
      resourceVersion: list.resourceVersion,
      ...(list.continue ? { continue: list.continue, remainingItemCount: list.remaining } : {}),
      ...(resource.custom && !list.continue && form !== 'table' ? { continue: '' } : {}),
    };
    if (form === 'table') {
      const objects = list.items.map((object) => inVersion(object, resource));
      return JSON.stringify(table(objects, resource.columns, metadata, options));
    }
    const items = list.items.map((object) =>
      form === 'metadata' ? JSON.stringify(partial(object)) : this.#item(object, resource),
    );
    const kind = form === 'metadata' ? 'PartialObjectMetadataList' : resource.listKind;
    const apiVersion = form === 'metadata' ? 'meta.k8s.io/v1' : apiVersionOf(resource);
    const head = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":${JSON.stringify(metadata)}`;
    return `${head},"items":[${items.join(',')}]}`;
  }

  /** Items of built-in lists don't say what they are: the list does. */
  #item(object: StoredObject, resource: Resource): string {
    const text = this.#text(object, resource);
    return resource.custom ? text : `{${text.slice(text.indexOf('"metadata":'))}`;
  }

  #text(object: StoredObject, resource: Resource): string {
    const versioned = inVersion(object, resource);
    if (versioned !== object) return JSON.stringify(ordered(versioned));
    let text = this.#texts.get(object);
    if (text === undefined) {
      text = JSON.stringify(ordered(object));
      this.#texts.set(object, text);
    }
    return text;
  }
}

/** What an object is comes first, then its metadata; readers of raw JSON expect that. */
function ordered(object: StoredObject): StoredObject {
  const { apiVersion, kind, metadata, ...rest } = object;
  return { apiVersion, kind, metadata, ...rest };
}

function partial(object: StoredObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
