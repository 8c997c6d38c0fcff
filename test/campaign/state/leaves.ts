import type { AnyObject } from '../truth/version.ts';

/** By path, such as `spec.ports.0.port`: what stands there. An empty list or object is a leaf. */
export type Leaves = Map<string, string | number | boolean | null>;

const DROPPED = new Set([
  'metadata.uid',
  'metadata.resourceVersion',
  'metadata.creationTimestamp',
  'metadata.managedFields',
  'metadata.selfLink',
  'metadata.annotations.endpoints·kubernetes·io/last-change-trigger-time',
]);

/** Texts that are of one run only. */
export interface Own {
  namespace: string;
  /** Of the server pods. */
  image: string;
  /** Of the container that an object is of, as its name says; any slot is as good as another. */
  slot?: string | undefined;
}

/** What an object says, with everything that is only of this run named by its kind: times, addresses, UUIDs, namespaces. */
export function leavesOf(object: AnyObject, own: Own): Leaves {
  const leaves: Leaves = new Map();
  const walk = (value: unknown, path: string): void => {
    if (DROPPED.has(path) || path.endsWith('.uid')) return;
    if (typeof value === 'string') leaves.set(path, masked(value, own));
    else if (typeof value === 'number' && String(value) === own.slot) leaves.set(path, '<slot>');
    else if (typeof value === 'number' || typeof value === 'boolean' || value === null) leaves.set(path, value);
    else if (typeof value === 'object') {
      const entries = Object.entries(Array.isArray(value) ? byName(value) : value);
      if (entries.length === 0) leaves.set(path, Array.isArray(value) ? '[]' : '{}');
      for (const [key, inner] of entries) {
        const name = masked(key.replaceAll('.', '·'), own);
        walk(inner, path ? `${path}.${name}` : name);
      }
    }
  };
  walk(object, '');
  return leaves;
}

/** Lists of what has a type or a name of its own are no order. */
function byName(list: unknown[]): Record<string, unknown> {
  const names = list.map((item) => nameOf(item));
  const isNamed = new Set(names).size === list.length && !names.includes(undefined);
  return Object.fromEntries(list.map((item, index) => [isNamed ? `${names[index]}` : `${index}`, item]));
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { type, name } = item as { type?: unknown; name?: unknown };
  return typeof type === 'string' ? type : typeof name === 'string' ? name : undefined;
}

function masked(text: string, { namespace, image, slot }: Own): string {
  // What Secrets hold is base64.
  const slots = slot ? [slot, Buffer.from(slot).toString('base64')] : [];
  return slots
    .reduce((masked, own) => masked.replaceAll(own, '<slot>'), text)
    .replaceAll(namespace, '<namespace>')
    .replaceAll(image, '<image>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replaceAll(/\b(?:10|127)\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g, '<address>');
}
