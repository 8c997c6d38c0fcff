import type { Hollow } from '../../../src/embedded/node/machines/hollow.ts';
import { startContainerSshServer } from '../../support/container-ssh-server.ts';
import { newHostKey } from '../../support/ssh-host-key.ts';

const SSH_PORT = 22;

/** What machines of a namespace do wrong. One that lingers ends when nothing is wrong with them any more. */
type GuestFault = 'fails' | 'setup fails' | 'lingers';

/** Machines that are only played, and tell the campaign every password that they were given. */
export class Guests implements Hollow {
  readonly #hostKey = newHostKey();
  readonly #faults = new Map<string, GuestFault>();
  readonly #lingering = new Map<string, PromiseWithResolvers<void>>();
  readonly #commands = new Map<string, string[][]>();

  /** From now on every machine of the namespace goes wrong in this way; undefined: none does. */
  misbehave(namespace: string, fault: GuestFault | undefined): void {
    if (fault) this.#faults.set(namespace, fault);
    else this.#faults.delete(namespace);
    if (fault !== 'lingers') this.#lingering.get(namespace)?.resolve();
    else this.#lingering.set(namespace, Promise.withResolvers());
  }

  /** The passwords of the containers of a namespace, of all that there ever were. */
  passwords(namespace: string): string[] {
    return (this.#commands.get(namespace) ?? []).flat().flatMap((command) => command.split(' ').slice(3, 4));
  }

  async boot({ vmi, listenAt }: Parameters<Hollow['boot']>[0]): ReturnType<Hollow['boot']> {
    const { namespace = '' } = vmi.metadata;
    const fault = this.#faults.get(namespace);
    if (fault === 'fails') throw new Error('the guest does not boot');
    const server = await startContainerSshServer({
      hostKey: this.#hostKey,
      listenAt: listenAt(SSH_PORT),
      ...(fault === 'setup fails' && { setupFails: { code: 1, stderr: 'no space left\n' } }),
    });
    this.#commands.set(namespace, [...(this.#commands.get(namespace) ?? []), server.commands]);
    const lingering = fault === 'lingers' ? this.#lingering.get(namespace)?.promise : undefined;
    return {
      async [Symbol.asyncDispose]() {
        await lingering;
        await server[Symbol.asyncDispose]();
      },
    };
  }
}
