import { once } from 'node:events';
import { createServer } from 'node:net';

/** @throws Error, one line, when another program listens on one of the ports */
export async function requireFreePorts(host: string, ports: number[]): Promise<void> {
  for (const port of ports) {
    const server = createServer();
    try {
      server.listen(port, host);
      await once(server, 'listening');
    } catch (cause) {
      throw new Error(`port ${port} of ${host} is in use (by another demo?); stop what uses it and run this again`, {
        cause,
      });
    } finally {
      server.close();
    }
  }
}
