import { KubeError } from './errors.ts';

/**
 * The text of an answer.
 * @throws KubeError `InvalidAnswer` when it is longer than `maxBytes` or no UTF-8
 */
export async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw invalidAnswer(`the API server's answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return decodeUtf8(chunks);
}

/** @throws KubeError `InvalidAnswer` when it is too long or no JSON */
export async function readJson(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<unknown> {
  return parseJson(await readText(body, maxBytes));
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without its cause: the parser's message quotes the text, which may be a Secret.
    throw invalidAnswer(`the API server sent ${text.length} characters that are no JSON`);
  }
}

export function decodeUtf8(chunks: Uint8Array[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw invalidAnswer('the API server sent bytes that are no UTF-8');
  }
}

export function invalidAnswer(message: string): KubeError {
  return new KubeError({ code: 0, reason: 'InvalidAnswer', message });
}
