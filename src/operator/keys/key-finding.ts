import type { Finding } from '../conditions.ts';

/** The RSA identity of a server. Without `secretName` and not onetime, there is none yet: no server pod can start. */
export interface KeyFinding extends Finding {
  /** The Secret to mount. Absent for a onetime key. */
  secretName?: string;
  /** Of the public key: SHA-256 of its DER SubjectPublicKeyInfo, hex. Absent for a onetime key. */
  sha256?: string;
  /** The key before, while server pods still have it. */
  previous?: { sha256: string; secretName: string };
  /** The Secret that will be made once the status says so. */
  next?: string;
}
