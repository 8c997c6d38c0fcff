import type { ContainerBackend } from './container-backend.ts';
import { VirtualizationError } from './errors.ts';

const nothing = async (): Promise<never> => {
  throw new VirtualizationError('NoFreeSlot', 'this server has no virtualization');
};

/** For a server that serves no containers: there is never a free slot. */
export const noBackend: ContainerBackend = {
  isoSha256: '',
  endpoint: { username: '', password: '', port: 22 },
  available: () => 0,
  claim: nothing,
  started: nothing,
  handOver: nothing,
  delivered: nothing,
  find: async () => undefined,
  destroy: async () => undefined,
};
