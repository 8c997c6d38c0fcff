/** What a peer may declare or send. Everything is checked before memory is set aside for it. All in bytes. */

/** The length header of the key exchange: decimal digits, padded with `=`. */
export const PLAIN_HEADER_BYTES = 8;
/** A public key in PEM. One of 4,096 bits has 800 bytes. */
export const MAX_PEM_BYTES = 4096;
/** The body of a message, with the IV that follows it. */
export const MAX_BODY_BYTES = 16 * 1024;
/** Bytes that may wait in memory without having been asked for. All that one side ever sends in a session is less. */
export const MAX_UNASKED_BYTES = 24 * 1024;

export const AES_BLOCK_BYTES = 16;
export const AES_KEY_BYTES = 32;
