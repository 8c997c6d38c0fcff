import type { Ground } from '../ground.ts';
import { cut, mutated } from '../mutate.ts';
import type { Random } from '../random.ts';
import { requestText } from '../request-text.ts';

const HEADS: readonly string[] = [
  'GET / HTTP/1.1\r\nHost: x\r\n',
  'GET /stat HTTP/1.1\r\nHost: x\r\n',
  'POST /note HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n',
  'POST /destroy HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer abc\r\n',
  'GET /openapi.json HTTP/1.0\r\n',
  'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n',
  'POST /stat HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n',
];

/** Requests over HTTP, one or several on a connection, mostly with something wrong. */
export async function httpRequests(random: Random, { web }: Ground): Promise<string> {
  const requests = Array.from({ length: random.between(1, 3) }, () => httpRequest(random));
  const bytes = Buffer.concat(requests);
  const answer = await web.ask(cut(random.oneIn(4) ? bytes : mutated(bytes, random), random));
  return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'closed';
}

function httpRequest(random: Random): Buffer {
  const head = random.pick(HEADS);
  const body = requestText(random).subarray(0, random.length(2_000));
  if (random.oneIn(4)) {
    const size = body.length.toString(16);
    return Buffer.concat([
      Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n${size}\r\n`),
      body,
      Buffer.from('\r\n0\r\n\r\n'),
    ]);
  }
  return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
}
