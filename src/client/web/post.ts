import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as startRequest } from 'node:http';
import type { Socket } from 'node:net';
import { RuntimeError, ValueError } from '../../wire/errors.ts';

export interface Posting {
  /** For the `host` header: name or address, and port. */
  host: string;
  path: string;
  /** JSON. */
  body: string;
}

const MAX_HEADER_BYTES = 8 * 1024;
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Sends a POST request over a connection of its own and resolves when the answer begins.
 * @param onSent called when the system has taken the request
 * @throws `RuntimeError` `Closed`; `ValueError` `BadMessage` when what answers is no HTTP; the signal's reason
 */
export async function post(
  stream: Socket,
  { host, path, body }: Posting,
  { signal, onSent }: { signal: AbortSignal; onSent: () => void },
): Promise<IncomingMessage> {
  const request = startRequest({
    createConnection: () => stream,
    method: 'POST',
    path,
    headers: {
      host,
      accept: 'application/json',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  return await abortable(request, signal, async () => {
    request.once('finish', onSent).end(body);
    const [response] = await once(request, 'response');
    return response as IncomingMessage;
  });
}

/** The body of an answer, never more than 64 KiB of it. @throws as {@link post} */
export async function readAnswer(response: IncomingMessage, signal: AbortSignal): Promise<Buffer> {
  return await abortable(response, signal, async () => {
    const chunks: Buffer[] = [];
    let length = Number(response.headers['content-length'] ?? 0);
    if (length > MAX_ANSWER_BYTES) throw tooLarge();
    length = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  });
}

async function abortable<T>(
  message: ClientRequest | IncomingMessage,
  signal: AbortSignal,
  step: () => Promise<T>,
): Promise<T> {
  const abort = () => message.destroy(new Error('aborted'));
  // What is still to come when the step has failed already.
  message.on('error', () => undefined);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await step();
  } catch (error) {
    message.destroy();
    signal.throwIfAborted();
    throw faultOf(error);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function faultOf(cause: unknown): Error {
  if (cause instanceof ValueError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code.startsWith('HPE_')) return new ValueError('BadMessage', 'what the server answered is no HTTP', { cause });
  return new RuntimeError('Closed', 'the server closed the connection before it had answered', { cause });
}

function tooLarge(): ValueError {
  return new ValueError('BadMessage', `the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
}
