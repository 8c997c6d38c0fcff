import type { KubeClient, ListQuery } from './client.ts';
import { withoutManagedFields } from './managed-fields.ts';
import type { KubeObject, Resource } from './objects.ts';
import { invalidAnswer } from './response-body.ts';

export interface ListAllOptions {
  signal: AbortSignal;
  /** Objects in one answer, each of which is parsed in one go. Default 100. */
  pageSize?: number;
  /** Called for each page. */
  onPage?: () => void;
}

/**
 * Everything that the query selects, page by page, without managed fields; the version is the one to watch from.
 * @throws KubeError what a page's answer says; `InvalidAnswer` when one is no list
 */
export async function listAll<T extends KubeObject>(
  client: Pick<KubeClient, 'list'>,
  resource: Resource<T>,
  query: ListQuery,
  { signal, pageSize = 100, onPage = () => {} }: ListAllOptions,
): Promise<{ items: T[]; resourceVersion: string }> {
  const items: T[] = [];
  let first: string | undefined;
  let next: string | undefined;
  do {
    const page = await client.list(
      resource,
      { ...query, limit: pageSize, ...(next && { continue: next }) },
      { signal },
    );
    // Anything may answer in the API server's place; taken for an empty list it would be the end of every object.
    if (!page.resourceVersion) throw invalidAnswer('the API server sent a list without a resourceVersion');
    onPage();
    for (const item of page.items) items.push(withoutManagedFields(item));
    first ??= page.resourceVersion;
    next = page.continue;
  } while (next);
  return { items, resourceVersion: first };
}
