import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';

interface RecordedStep {
  from: 'client' | 'server';
  bytes: Buffer;
}

/** A session of released programs. */
export interface RecordedSession {
  name: string;
  steps: RecordedStep[];
  key: Buffer;
  iv: Buffer;
  request: { verb: string; parameters: Record<string, unknown> };
  response: { success: boolean; message: string; data: Record<string, unknown> };
}

export interface Recording {
  serverKey: KeyObject;
  clientKey: KeyObject;
  sessions: RecordedSession[];
}

interface RecordingFile {
  serverJwk: JsonWebKey;
  clientJwk: JsonWebKey;
  sessions: Record<
    string,
    Pick<RecordedSession, 'request' | 'response'> & {
      sessionKey: string;
      sessionIv: string;
      steps: { from: 'client' | 'server'; hex: string }[];
    }
  >;
}

export function recordedSessions(generation: 1 | 2 | 3): Recording {
  const path = new URL(`../fixtures/wire/generation-${generation}.json`, import.meta.url);
  const file: RecordingFile = JSON.parse(readFileSync(path, 'utf8'));
  return {
    serverKey: createPrivateKey({ key: file.serverJwk, format: 'jwk' }),
    clientKey: createPrivateKey({ key: file.clientJwk, format: 'jwk' }),
    sessions: Object.entries(file.sessions).map(([name, session]) => ({
      name,
      request: session.request,
      response: session.response,
      key: Buffer.from(session.sessionKey, 'hex'),
      iv: Buffer.from(session.sessionIv, 'hex'),
      steps: session.steps.map(({ from, hex }) => ({ from, bytes: Buffer.from(hex, 'hex') })),
    })),
  };
}

export function wrapperOf(key: KeyObject): Promise<RSAWrapper> {
  return RSAWrapper.fromPem(key.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** Gives these bytes, piece by piece, as if they were random; throws when a piece of another size is asked for. */
export function scripted(...pieces: Buffer[]): (size: number) => Buffer {
  return (size) => {
    const piece = pieces.shift();
    if (piece?.length !== size) throw new Error(`${size} random bytes were asked for, the script has ${piece?.length}`);
    return piece;
  };
}
