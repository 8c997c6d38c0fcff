import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';

export interface ConnectProxy {
  url: string;
  /** Where it was asked to connect to, and with which `Proxy-Authorization`. */
  readonly tunnels: { target: string; authorization: string | undefined }[];
  /** Resolves with the next request for a tunnel. */
  asked(): Promise<unknown>;
  /** From now on tunnels are not opened until `release` is called. */
  hold(): { release(): void };
  /** From now on every tunnel is refused with this code. */
  refuse(code: number): void;
}

/** An HTTP proxy on loopback that opens tunnels (CONNECT) and nothing else. */
export async function startConnectProxy(t: TestContext): Promise<ConnectProxy> {
  const tunnels: ConnectProxy['tunnels'] = [];
  const sockets = new Set<Duplex>();
  let opened: Promise<void> = Promise.resolve();
  let refusal: number | undefined;
  const server = createServer((_, response) => response.writeHead(405).end());

  async function tunnel({ url = '', headers }: IncomingMessage, client: Duplex): Promise<void> {
    tunnels.push({ target: url, authorization: headers['proxy-authorization'] });
    server.emit('asked');
    await opened;
    if (refusal) return void client.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
    const [host, port] = url.split(':');
    const upstream = track(connect(Number(port), host));
    upstream.on('connect', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    client.pipe(upstream).pipe(client);
  }

  function track<S extends Duplex>(socket: S): S {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    return socket;
  }

  server.on('connect', (request, client: Socket) => void tunnel(request, track(client)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    asked: () => once(server, 'asked'),
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      opened = promise;
      return { release: resolve };
    },
    refuse(code) {
      refusal = code;
    },
  };
}
