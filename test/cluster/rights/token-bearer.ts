import { Agent, type Dispatcher } from 'undici';

export interface RawRequest {
  /** Such as `GET /api/v1/nodes`. */
  line: string;
  headers?: Record<string, string>;
  body?: object;
}

/** Whoever has stolen a token: any request, and the code of the answer. */
export interface TokenBearer extends AsyncDisposable {
  ask(request: RawRequest): Promise<number>;
}

/** @param target.caCertificate PEM */
export function tokenBearer(target: { url: string; caCertificate: string; token: string }): TokenBearer {
  const { url, caCertificate, token } = target;
  const agent = new Agent({ connect: { ca: caCertificate } });
  return {
    async ask({ line, headers, body }) {
      const [method = '', path = ''] = line.split(' ');
      const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const response = await agent.request({
        origin: url,
        path,
        method: method as Dispatcher.HttpMethod,
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': contentType }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
      // A watch that is let in goes on.
      response.body.on('error', () => {});
      response.body.destroy();
      return response.statusCode;
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}
