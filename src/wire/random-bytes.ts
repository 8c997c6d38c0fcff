/** Gives that many bytes of randomness. `node:crypto`'s `randomBytes` everywhere but where a test replays a session. */
export type RandomBytes = (size: number) => Buffer;
