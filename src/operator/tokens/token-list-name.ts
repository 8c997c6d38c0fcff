import type { AnweddolServer } from '../../api/resources.ts';

/** The Secret with the SHA-256 of the tokens that a server accepts; mounted into its pods where tokens are required. */
export function tokenListName(server: AnweddolServer): string {
  return `${server.metadata.name}-access-tokens`;
}
