import { createServer, type Socket, type Server as TcpServer } from 'node:net';
import ssh2 from 'ssh2';
import { newHostKey } from './ssh-host-key.ts';

/**
 * The SSH side of a container: a real SSH server that behaves as the container ISO does. It accepts the bootstrap user
 * until the setup command has run, then only the user that was set up. Besides it knows the command `id -un`.
 */
export interface ContainerSshServer extends AsyncDisposable {
  readonly port: number;
  /** Every command that was run, as the server got it. */
  readonly commands: string[];
}

export interface ContainerSshServerOptions {
  /** Told in place of the setup's silent success. */
  setupFails?: { code: number; stderr: string };
  /** Connections that are closed before the banner, as while a machine boots. */
  closedAtFirst?: number;
  /** Default: any free port of 127.0.0.1. */
  listenAt?: { host: string; port: number };
  /** As {@link newHostKey} makes them. Default: one of its own. */
  hostKey?: string;
}

const SETUP = /^sudo \/bin\/anweddol_container_setup\.sh (\S+) (\S+) \d+$/;

export async function startContainerSshServer(options: ContainerSshServerOptions = {}): Promise<ContainerSshServer> {
  const commands: string[] = [];
  const user = { username: 'endpoint', password: 'endpoint' };
  const ssh = new ssh2.Server({ hostKeys: [options.hostKey ?? newHostKey()] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      const known =
        context.method === 'password' && context.username === user.username && context.password === user.password;
      if (known) context.accept();
      else context.reject(['password']);
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, info) => {
        commands.push(info.command);
        const channel = acceptExec();
        const [, username, password] = SETUP.exec(info.command) ?? [];
        const said = info.command === 'id -un' ? `${user.username}\n` : undefined;
        const failure = username ? options.setupFails : said === undefined && { code: 127, stderr: 'not found\n' };
        if (failure) channel.stderr.write(failure.stderr);
        else if (username) Object.assign(user, { username, password });
        if (said) channel.write(said);
        channel.exit(failure ? failure.code : 0);
        channel.end();
      });
    });
  });
  let toClose = options.closedAtFirst ?? 0;
  const sockets = new Set<Socket>();
  const tcp = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    if (toClose-- > 0) socket.destroy();
    else ssh.injectSocket(socket);
  });
  return {
    port: await listen(tcp, options.listenAt ?? { host: '127.0.0.1', port: 0 }),
    commands,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => tcp.close(resolve));
    },
  };
}

function listen(server: TcpServer, { host, port }: { host: string; port: number }): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject).listen({ host, port }, () => {
    const address = server.address();
    resolve(typeof address === 'object' && address ? address.port : 0);
  });
  return promise;
}
