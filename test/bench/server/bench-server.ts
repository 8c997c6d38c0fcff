import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { ChildProgram, type NodeStart } from './child-program.ts';
import type { Target } from './lean-client.ts';
import type { ServerProgramOptions } from './server-program.ts';

/** As the image starts Node: for little memory, and somewhat slower. */
export const LEAN: NodeStart = {
  nodeOptions: ['--optimize-for-size', '--max-semi-space-size=2'],
  env: { MALLOC_ARENA_MAX: '2' },
};

/** A server in a process of its own, on loopback. */
export interface BenchServer extends AsyncDisposable {
  program: ChildProgram;
  target: Target;
}

/** @param program of `bundleServer` */
export async function startServer(
  program: string,
  options: ServerProgramOptions,
  node: NodeStart = {},
): Promise<BenchServer> {
  const child = await ChildProgram.start(program, [JSON.stringify(options)], node);
  const target = { host: '127.0.0.1', port: await child.ask<number>('port') };
  return { program: child, target, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

export function startLoad(): Promise<ChildProgram> {
  return ChildProgram.start(new URL('./load-program.ts', import.meta.url).pathname);
}

export function startRaw(): Promise<ChildProgram> {
  return ChildProgram.start(new URL('./raw-program.ts', import.meta.url).pathname);
}

/** A new private key, in PEM. */
export async function newPrivateKey(bits: number): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
