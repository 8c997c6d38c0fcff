/** What is remembered of a container that was given out. The labels are the documented names. */
export type DatabaseEntry = [
  entry_id: EntryId,
  /** Milliseconds since the epoch. */
  creation_timestamp: number,
  container_uuid: string,
  /** SHA-256, hex. */
  client_token: string,
];

export type EntryId = number | string;

/** Who owns which container. Client tokens are kept as SHA-256 only. */
export interface DatabaseInterface {
  /** Makes the client token of a new container, in plain text this one time: 255 letters, digits, `-` and `_`. */
  addEntry(containerUuid: string): Promise<[entry_id: EntryId, creation_timestamp: number, client_token: string]>;
  /** Of the container with this token; undefined when there is none, or the token is another's. Constant time in the token. */
  getEntryID(containerUuid: string, clientToken: string, signal: AbortSignal): Promise<EntryId | undefined>;
  /** Idempotent. */
  deleteEntry(entryId: EntryId): Promise<void>;
}
