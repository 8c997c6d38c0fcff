import { once } from 'node:events';
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  code: number;
  body: string;
  headers: Record<string, unknown>;
}

/** Asks a server on loopback. */
export async function ask(server: Server, path: string, method = 'GET'): Promise<Reply> {
  const { port } = server.address() as AddressInfo;
  const [response] = await once(request({ host: '127.0.0.1', port, path, method, agent: false }).end(), 'response');
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { code: response.statusCode, body, headers: response.headers };
}
