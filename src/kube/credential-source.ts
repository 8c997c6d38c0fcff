import { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../runtime/clock.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import { TokenFile } from './token-file.ts';

/** A plugin that takes longer is taken for hung, and the next request starts another. */
const HUNG_AFTER_MS = 60_000;

/**
 * The credentials of a kubeconfig, read for each request, so that rotated tokens and certificates count at once. Requests
 * that come while an exec plugin runs wait for that one, instead of starting one each.
 */
export class CredentialSource {
  readonly #clock: Clock;
  readonly #tokenFile: TokenFile | undefined;
  #config: KubeConfig;
  #reading: { since: number; credentials: Promise<Credentials> } | undefined;
  /** Of what is read from now on. */
  #generation = 0;
  readonly #generations = new WeakMap<Credentials, number>();

  constructor(config: KubeConfig, clock: Clock) {
    const path: unknown = config.getCurrentUser()?.authProvider?.config?.tokenFile;
    this.#clock = clock;
    this.#tokenFile = typeof path === 'string' ? new TokenFile(path) : undefined;
    this.#config = this.#tokenFile ? withoutAuthProvider(config) : config;
  }

  /** @throws KubeError `NoCredentials` when a file is missing or a plugin fails */
  read(): Promise<Credentials> {
    const now = this.#clock.elapsed();
    if (this.#reading && now - this.#reading.since < HUNG_AFTER_MS) return this.#reading.credentials;
    const reading = { since: now, credentials: this.#readNow() };
    this.#reading = reading;
    const forget = (): void => {
      if (this.#reading === reading) this.#reading = undefined;
    };
    reading.credentials.then(forget, forget);
    return reading.credentials;
  }

  /** The server refused these (401): the next are made anew. Does nothing when that was done already. */
  renew(refused: Credentials): void {
    if (this.#generations.get(refused) !== this.#generation) return;
    this.#generation += 1;
    this.#reading = undefined;
    // What an exec plugin answered is kept in the KubeConfig, out of reach; a new one has nothing yet.
    this.#config = copyOf(this.#config);
  }

  async #readNow(): Promise<Credentials> {
    const generation = this.#generation;
    const credentials = await readCredentials(this.#config, this.#tokenFile);
    this.#generations.set(credentials, generation);
    return credentials;
  }
}

function copyOf(config: KubeConfig): KubeConfig {
  const copy = new KubeConfig();
  copy.loadFromOptions({
    clusters: config.getClusters(),
    users: config.getUsers(),
    contexts: config.getContexts(),
    currentContext: config.getCurrentContext(),
  });
  return copy;
}

/** client-node would read the token file once a minute; it is read here instead. */
function withoutAuthProvider(config: KubeConfig): KubeConfig {
  const copy = copyOf(config);
  copy.users = config.getUsers().map(({ authProvider, ...user }) => user);
  return copy;
}
