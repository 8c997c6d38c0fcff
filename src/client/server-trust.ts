import { orAborted } from './or-aborted.ts';
import { assertPinned, parsePin } from './tls/pins.ts';

/** What a server can be known by. */
export interface ServerKey {
  /** The key of its TLS certificate, or on a plain connection the RSA key of the protocol. */
  kind: 'tls' | 'rsa';
  /** Of the DER SubjectPublicKeyInfo: 64 lower-case hex digits. */
  sha256: string;
}

/** Decides whether a server is the right one, before it is told anything secret. */
export class ServerTrust {
  /** As `parsePin` gives them. */
  readonly pins: string[];
  readonly #onServerKey: (key: ServerKey) => void | Promise<void>;
  #approved: string | undefined;

  /** @throws `ValueError` `BadPin` */
  constructor(pins: string[] = [], onServerKey: (key: ServerKey) => void | Promise<void> = () => undefined) {
    this.pins = pins.map(parsePin);
    this.#onServerKey = onServerKey;
  }

  /**
   * @param key of a certificate: its pins have been looked at during the TLS handshake
   * @throws `RuntimeError` `PinMismatch`; what `onServerKey` throws; the signal's reason when it aborts
   */
  async approve(server: string, key: ServerKey, signal: AbortSignal): Promise<void> {
    if (key.kind === 'rsa' && this.pins.length > 0) assertPinned(key.sha256, this.pins, 'RSA key');
    const subject = `${server} ${key.kind} ${key.sha256}`;
    if (subject === this.#approved) return;
    const asked = (async () => this.#onServerKey(key))();
    await orAborted(asked, signal);
    this.#approved = subject;
  }
}
