import { PeerPublicKey } from '../../src/wire/peer-public-key.ts';
import type { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { type FramedKeys, fixedBlock } from './client-frames.ts';
import { dialLoopback } from './raw-client.ts';

/** What a client needs for its frames with a server. */
export function framedKeys(client: RSAWrapper, server: RSAWrapper): Omit<FramedKeys, 'order'> {
  return {
    clientPem: client.publicKeyPem,
    clientBlockBytes: client.blockBytes,
    serverPem: server.publicKeyPem,
    block: fixedBlock(PeerPublicKey.fromPem(server.publicKeyPem)),
  };
}

/** Sends all of this at once. @returns all that the server sends until it closes */
export async function sayAll(port: number, bytes: Buffer): Promise<Buffer> {
  const socket = await dialLoopback(port);
  const said: Buffer[] = [];
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('data', (chunk: Buffer) => said.push(chunk));
  socket.write(bytes);
  await closed;
  return Buffer.concat(said);
}

/** The same once the server has spoken first. */
export async function waitAndSayAll(port: number, bytes: Buffer): Promise<Buffer> {
  const socket = await dialLoopback(port);
  const said: Buffer[] = [];
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('data', (chunk: Buffer) => said.push(chunk)).once('data', () => socket.write(bytes));
  await closed;
  return Buffer.concat(said);
}
