import type { KubeClient, ListQuery } from './client.ts';
import type { KubeObject, Resource } from './objects.ts';

const PAGE_SIZE = 500;

/** Everything that the query selects, page by page; the version is the one to watch from. */
export async function listAll<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  query: ListQuery,
  signal: AbortSignal,
): Promise<{ items: T[]; resourceVersion: string }> {
  const items: T[] = [];
  let next: string | undefined;
  for (;;) {
    const page = await client.list(
      resource,
      { ...query, limit: PAGE_SIZE, ...(next && { continue: next }) },
      { signal },
    );
    items.push(...page.items);
    if (!page.continue) return { items, resourceVersion: page.resourceVersion };
    next = page.continue;
  }
}
