import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const CIPHER = 'aes-256-cbc';
const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
const OK = '1';
const REQUEST = '{"verb": "STAT", "parameters": {}}';
const KEY_BYTES = 32;
const BLOCK = 16;

export interface Target {
  port: number;
  host: string;
  tls?: boolean | undefined;
  /** Where the client is, for the server. Default: what the system takes. */
  localAddress?: string | undefined;
}

/** What all connections of one generator share: making it anew for each would measure the generator. */
export class LeanKeys {
  readonly pem: Buffer;
  readonly header: Buffer;
  readonly blockBytes: number;
  readonly #privateKey: KeyObject;
  readonly #blocks = new Map<string, Buffer>();

  constructor(bits: number) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
    this.pem = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
    this.header = Buffer.from(String(this.pem.length).padEnd(8, '='));
    this.blockBytes = bits / 8;
    this.#privateKey = privateKey;
  }

  /** A key and an IV, encrypted to the server's key: the same for each connection, as the server gives out its own. */
  blockFor(serverPem: string): Buffer {
    const known = this.#blocks.get(serverPem);
    if (known) return known;
    const block = publicEncrypt({ key: createPublicKey(serverPem), ...OAEP }, randomBytes(KEY_BYTES + BLOCK));
    this.#blocks.set(serverPem, block);
    return block;
  }

  open(block: Buffer): Buffer {
    return privateDecrypt({ key: this.#privateKey, ...OAEP }, block);
  }
}

export function dial({ port, host, tls, localAddress }: Target): Socket {
  const to = { port, host, noDelay: true, ...(localAddress && { localAddress }) };
  return tls ? connectTls({ ...to, rejectUnauthorized: false, ALPNProtocols: ['anweddol/1'] }) : connectTcp(to);
}

/**
 * One STAT of a client of generation 3, over a connection of its own: callbacks on one socket, no promises and no buffers
 * beyond the frames. Two frames in a row go out in one write, as those of our own client do.
 */
class LeanSession {
  readonly #socket: Socket;
  readonly #keys: LeanKeys;
  readonly #end: (error?: Error) => void;
  #received: Buffer = Buffer.alloc(0);
  #step = 0;
  #expected = 1;
  #key: KeyObject | undefined;
  #iv: Buffer = Buffer.alloc(0);
  #body: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, keys: LeanKeys, end: (error?: Error) => void) {
    this.#socket = socket;
    this.#keys = keys;
    this.#end = end;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.write(keys.header);
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    try {
      while (this.#step < 7 && this.#received.length >= this.#expected) {
        const frame = this.#received.subarray(0, this.#expected);
        this.#received = this.#received.subarray(this.#expected);
        this.#take(frame);
        this.#step += 1;
      }
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #take(frame: Buffer): void {
    switch (this.#step) {
      case 0:
        this.#expected = 1 + this.#keys.header.length;
        accepted(frame);
        this.#socket.write(this.#keys.pem);
        break;
      case 1:
        accepted(frame);
        this.#expected = Number.parseInt(frame.toString('latin1', 1), 10);
        this.#socket.write(OK);
        break;
      case 2:
        this.#expected = 1 + this.#keys.blockBytes;
        this.#socket.write(Buffer.concat([Buffer.from(OK), this.#keys.blockFor(frame.toString('latin1'))]));
        break;
      case 3:
        accepted(frame);
        this.#expected = 1;
        this.#ask(this.#keys.open(frame.subarray(1)));
        break;
      case 4:
        accepted(frame);
        this.#expected = BLOCK;
        this.#socket.write(this.#body);
        break;
      case 5:
        this.#expected = Number.parseInt(this.#decrypt(frame), 10);
        this.#socket.write(OK);
        break;
      default:
        if (!this.#decrypt(frame.subarray(0, -BLOCK)).startsWith('{"success": true')) throw new Error('not answered');
        this.#end();
    }
  }

  #ask(secret: Buffer): void {
    this.#key = createSecretKey(secret.subarray(0, KEY_BYTES));
    this.#iv = secret.subarray(KEY_BYTES);
    const nextIv = randomBytes(BLOCK);
    this.#body = Buffer.concat([this.#encrypt(REQUEST), nextIv]);
    this.#socket.write(Buffer.concat([Buffer.from(OK), this.#encrypt(String(this.#body.length))]));
    this.#iv = nextIv;
  }

  #encrypt(text: string): Buffer {
    const cipher = createCipheriv(CIPHER, this.#key as KeyObject, this.#iv);
    return Buffer.concat([cipher.update(text), cipher.final()]);
  }

  #decrypt(bytes: Buffer): string {
    const decipher = createDecipheriv(CIPHER, this.#key as KeyObject, this.#iv);
    return decipher.update(bytes, undefined, 'latin1') + decipher.final('latin1');
  }
}

function accepted(frame: Buffer): void {
  if (frame[0] !== OK.charCodeAt(0)) throw new Error('refused');
}

/** One STAT; resolves with the milliseconds from the dialling to the answer. */
export function leanStat(target: Target, keys: LeanKeys): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const socket = dial(target);
    let over = false;
    const end = (error?: Error): void => {
      if (over) return;
      over = true;
      socket.destroy();
      if (error) reject(error);
      else resolve(performance.now() - started);
    };
    socket
      .once(target.tls ? 'secureConnect' : 'connect', () => new LeanSession(socket, keys, end))
      .on('error', end)
      .on('close', () => end(new Error('closed early')));
  });
}
