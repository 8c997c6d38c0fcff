import { PlatformDatabase } from '../../src/server/database/platform-database.ts';
import { ServerInterface } from '../../src/server/server-interface.ts';
import type { ServerInterfaceOptions } from '../../src/server/server-options.ts';
import { VirtualizationInterface } from '../../src/virtualization/virtualization-interface.ts';
import type { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { MemoryContainerBackend } from './memory-container-backend.ts';
import { RecordedLog } from './recorded-log.ts';

export type TestServerOptions = Partial<Omit<ServerInterfaceOptions, 'runtimeRsaWrapper'>> & {
  backend?: MemoryContainerBackend;
  rsaWrapper: RSAWrapper;
};

/** A server on a free port of 127.0.0.1. */
export async function startTestServer(options: TestServerOptions): Promise<ServerInterface> {
  const { backend = new MemoryContainerBackend(), rsaWrapper, ...others } = options;
  const virtualization = new VirtualizationInterface(backend);
  const server = new ServerInterface({
    bindAddress: '127.0.0.1',
    listenPort: 0,
    runtimeVirtualizationInterface: virtualization,
    // As server pods have it: whoever knows a container's token owns it, whichever server gave it out.
    runtimeDatabaseInterface: new PlatformDatabase(virtualization, Date.now),
    runtimeRsaWrapper: rsaWrapper,
    version: '0.0.0-test',
    log: new RecordedLog(),
    ...others,
  });
  await server.startServer({ asynchronous: true });
  return server;
}
