import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerCredentials } from './container-credentials.ts';
import { VirtualizationError } from './errors.ts';
import { generateCredentials } from './generate-credentials.ts';
import { dialUntilBanner } from './ssh/dial.ts';
import { type CommandResult, login, type SshSession } from './ssh/session.ts';

/** Where a container's SSH server is, and its bootstrap user. */
export interface Endpoint {
  address: string;
  /** Where to dial. */
  port: number;
  /** What the SSH server listens on inside the container: not the same where something forwards. */
  listenPort: number;
  username: string;
  password: string;
}

const PAUSE_MS = 100;
const SETUP_SCRIPT = '/bin/anweddol_container_setup.sh';

/** An SSH session of the server's with a container, as the ISO's bootstrap user. */
export class EndpointShellInstance implements AsyncDisposable {
  readonly #endpoint: Endpoint;
  readonly #session: SshSession;
  #isClosed = false;

  constructor(endpoint: Endpoint, session: SshSession) {
    this.#endpoint = endpoint;
    this.#session = session;
  }

  /**
   * Makes a fresh user in the container, which also locks the bootstrap user, and logs in once as that user to prove it.
   * @throws `VirtualizationError` `EndpointShellFailed`; its message never holds the password
   */
  async administrateContainer(signal: AbortSignal): Promise<ContainerCredentials> {
    const user = generateCredentials();
    const { address, port, listenPort } = this.#endpoint;
    const script = `sudo ${SETUP_SCRIPT} ${user.username} ${user.password} ${listenPort}`;
    const result = await this.#run(script, signal);
    if (result.code !== 0 || result.stdout !== '' || result.stderr !== '') {
      const said = (result.stderr || result.stdout).replaceAll(user.password, '…').trim().slice(0, 200);
      throw new VirtualizationError('EndpointShellFailed', `the setup script ended with ${result.code}: ${said}`);
    }
    await this.closeShell();
    await using proof = await loginUntilUp({ ...user, address, port }, signal);
    if (proof.hostKeyFingerprint !== this.#session.hostKeyFingerprint) {
      throw new VirtualizationError('EndpointShellFailed', 'the container changed its SSH host key during its setup');
    }
    return { ...user, hostKeyFingerprint: proof.hostKeyFingerprint };
  }

  async #run(command: string, signal: AbortSignal): Promise<CommandResult> {
    try {
      return await this.#session.run(command, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw new VirtualizationError('EndpointShellFailed', 'the container broke off its setup', { cause: error });
    }
  }

  isClosed(): boolean {
    return this.#isClosed;
  }

  async closeShell(): Promise<void> {
    this.#isClosed = true;
    this.#session.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeShell();
  }
}

/** Dials until the container answers and logs in as its bootstrap user. @throws `VirtualizationError` */
export async function openEndpointShell(endpoint: Endpoint, signal: AbortSignal): Promise<EndpointShellInstance> {
  return new EndpointShellInstance(endpoint, await loginUntilUp(endpoint, signal));
}

/** The setup restarts the SSH server, so a connection may break under the login: only a refused password is final. */
async function loginUntilUp(endpoint: Omit<Endpoint, 'listenPort'>, signal: AbortSignal): Promise<SshSession> {
  while (true) {
    const socket = await dialUntilBanner(endpoint.address, endpoint.port, signal);
    try {
      return await login(socket, { username: endpoint.username, password: endpoint.password }, signal);
    } catch (error) {
      if (isRefused(error)) {
        const message = `the container refused the login of ${endpoint.username}`;
        throw new VirtualizationError('EndpointShellFailed', message, { cause: error });
      }
      if (signal.aborted) {
        const message = 'the container did not complete an SSH login in time';
        throw new VirtualizationError('StartTimeout', message, { cause: error });
      }
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && 'level' in error && error.level === 'client-authentication';
}
