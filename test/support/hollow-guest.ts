import type { Hollow } from '../../src/embedded/node/machines/hollow.ts';
import { startContainerSshServer } from './container-ssh-server.ts';
import { newHostKey } from './ssh-host-key.ts';

const SSH_PORT = 22;

/** Played machines whose guests serve SSH as the container ISO does, all with one host key, and nothing else. */
export function hollowGuests(): Hollow {
  const hostKey = newHostKey();
  return { boot: ({ listenAt }) => startContainerSshServer({ hostKey, listenAt: listenAt(SSH_PORT) }) };
}
