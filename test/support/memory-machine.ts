import { createServer, type Server, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import { newHostKey } from './ssh-host-key.ts';

const SETUP = /^sudo \/bin\/anweddol_container_setup\.sh (\S+) (\S+) \d+$/;

/**
 * The SSH server of a container that is no machine. It accepts the bootstrap user until the setup command has run, then only
 * the user that was set up. It knows the commands `id -un`, `exit N` and `wait`, which ends with the connection.
 */
export class MemoryMachine implements AsyncDisposable {
  readonly commands: string[] = [];
  #user: { username: string; password: string };
  readonly #sockets = new Set<Socket>();
  readonly #servers: Server[] = [];
  readonly #ssh: ssh2.Server;

  constructor(password = 'endpoint') {
    this.#user = { username: 'endpoint', password };
    this.#ssh = new ssh2.Server({ hostKeys: [newHostKey()] }, (client) => this.#serve(client));
  }

  /** Listens at one more address. @returns the port */
  async listen(address: string, port = 0): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
      this.#ssh.injectSocket(socket);
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject).listen(port, address, resolve);
    await promise;
    this.#servers.push(server);
    const bound = server.address();
    return typeof bound === 'object' && bound ? bound.port : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #serve(client: ssh2.Connection): void {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      const { username, password } = this.#user;
      const known = context.method === 'password' && context.username === username && context.password === password;
      if (known) context.accept();
      else context.reject(['password']);
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => this.#run(command, acceptExec()));
    });
  }

  #run(command: string, channel: ssh2.ServerChannel): void {
    this.commands.push(command);
    const [, username, password] = SETUP.exec(command) ?? [];
    const [, code] = /^exit (\d+)$/.exec(command) ?? [];
    if (username && password) this.#user = { username, password };
    else if (command === 'id -un') channel.write(`${this.#user.username}\n`);
    else if (command === 'wait') return void channel.write('waiting\n');
    channel.exit(Number(code ?? 0));
    channel.end();
  }
}
