import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startContainerSshServer } from '../../support/container-ssh-server.ts';
import { type InstalledPackage, installPackage } from './installed-package.ts';

const TSC = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
const run = promisify(execFile);

let installed: InstalledPackage;

before(async () => {
  installed = await installPackage(['zod', 'ssh2', '@types/node', '@types/ssh2']);
});

after(() => installed[Symbol.asyncDispose]());

/** What the compiler objects to. */
async function objections(name: string, code: string): Promise<string> {
  await writeFile(join(installed.folder, name), code);
  const options = ['--noEmit', '--strict', '--target', 'esnext', '--module', 'nodenext', '--types', 'node'];
  const args = [TSC, ...options, '--ignoreConfig', '--noErrorTruncation', name];
  const { stdout } = await run(process.execPath, args, { cwd: installed.folder }).catch((error) => error);
  return stdout;
}

/** One container behind an SSH server that is there already, a database of one's own, and a client with a key of its own. */
const PROGRAM = `
import { randomBytes } from 'node:crypto';
import * as client from 'anweddol-operator/client';
import * as server from 'anweddol-operator/server';
import {
  AESWrapper, ClientInterface, type ContainerBackend, ContainerInstance, type ContainerRecord, createdContainer,
  type DatabaseInterface, EndpointShellInstance, type EntryId, MemoryDatabase, RSAWrapper, ServerInterface,
  VirtualizationInterface,
} from 'anweddol-operator';

let record: ContainerRecord | undefined;
const backend: ContainerBackend = {
  isoSha256: '5f'.repeat(32),
  endpoint: { username: 'endpoint', password: 'endpoint', port: 22 },
  available: () => 1,
  claim: async ({ uuid, clientTokenSha256 }) => (record = { uuid, clientTokenSha256, listenPort: 10022, instanceId: '1' }),
  started: async () => ({ address: '127.0.0.1', port: Number(process.env.SSH_PORT) }),
  handOver: async () => undefined,
  delivered: async () => undefined,
  find: async () => record,
  destroy: async () => undefined,
};

class Ledger implements DatabaseInterface {
  readonly #memory = new MemoryDatabase();

  addEntry(containerUuid: string) {
    console.log('addEntry');
    return this.#memory.addEntry(containerUuid);
  }

  getEntryID(containerUuid: string, clientToken: string, signal: AbortSignal) {
    console.log('getEntryID', containerUuid === record?.uuid, signal.aborted);
    return this.#memory.getEntryID(containerUuid, clientToken);
  }

  deleteEntry(entryId: EntryId) {
    console.log('deleteEntry', entryId);
    return this.#memory.deleteEntry(entryId);
  }
}

const runtimeDatabaseInterface: DatabaseInterface = new Ledger();
const rsaWrapper = await RSAWrapper.generate({ bits: 2048 });
await using running = new ServerInterface({
  bindAddress: '127.0.0.1',
  listenPort: 0,
  runtimeRsaWrapper: rsaWrapper,
  runtimeVirtualizationInterface: new VirtualizationInterface(backend),
  runtimeDatabaseInterface,
});
running.onCreatedContainer(({ containerInstance }) => {
  const container: ContainerInstance = containerInstance;
  console.log('container', container instanceof ContainerInstance, container.getListenPort());
});
running.onCreatedEndpointShell(({ endpointShellInstance }) => {
  const shell: EndpointShellInstance = endpointShellInstance;
  console.log('shell', shell instanceof EndpointShellInstance, shell.isClosed());
});
await running.startServer({ asynchronous: true });

async function ask(verb: string, parameters: Record<string, unknown>) {
  const aesWrapper: AESWrapper = AESWrapper.generate(randomBytes);
  await using asking = new ClientInterface({ serverIp: '127.0.0.1', serverListenPort: running.getListenPort(), rsaWrapper, aesWrapper });
  await asking.sendRequest(verb, parameters);
  const { success, data } = await asking.recvResponse();
  console.log(verb, success, asking.getAESWrapper() instanceof AESWrapper);
  return data;
}

const { container_uuid, client_token, container_username } = createdContainer(await ask('CREATE', {}));
console.log('owned', record !== undefined && new ContainerInstance(backend, record).isOwnedBy(client_token));
console.log(container_username);
await ask('DESTROY', { container_uuid, client_token });

const [one, other] = [1, 2].map(() => new AESWrapper(Buffer.alloc(32, 1), Buffer.alloc(16, 2)));
console.log(String(one && other?.decrypt(one.encrypt(Buffer.from('AES')))));
console.log('one class in all', client.AESWrapper === AESWrapper && server.AESWrapper === AESWrapper);
console.log('one class in both', server.ContainerInstance === ContainerInstance && server.EndpointShellInstance === EndpointShellInstance);
`;

test('AESWrapper, DatabaseInterface, ContainerInstance and EndpointShellInstance can be used from the package', async () => {
  assert.equal(await objections('classes.ts', PROGRAM), '');
  await using container = await startContainerSshServer();
  const env = { ...process.env, SSH_PORT: String(container.port) };
  const { stdout, stderr } = await run(process.execPath, ['classes.ts'], { cwd: installed.folder, env });
  const [setUp = ''] = container.commands;
  const [, username] = /^sudo \S+ (user_[0-9]{5}) /.exec(setUp) ?? [];
  assert.deepEqual(stdout.trim().split('\n'), [
    'addEntry',
    'container true 10022',
    'shell true false',
    'CREATE true true',
    'owned true',
    username,
    'getEntryID true false',
    'deleteEntry 1',
    'DESTROY true true',
    'AES',
    'one class in all true',
    'one class in both true',
  ]);
  assert.equal(stderr, '');
});

test('the statistics are declared under their documented names', async () => {
  const wrong = `import { ServerInterface } from 'anweddol-operator';
declare function labelled<T extends unknown[]>(tuple: T): [...T];
export const nothing: undefined = labelled(new ServerInterface().getRuntimeStatistics());
`;
  const labels =
    'is_running: boolean, recorded_runtime_errors_amount: number, uptime: number, available_containers_amount: number';
  const said = `error TS2322: Type '[${labels}]' is not assignable to type 'undefined'.`;
  assert.equal(await objections('labels.ts', wrong), `labels.ts(3,14): ${said}\n`);
});
