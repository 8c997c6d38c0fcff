import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { connect } from 'node:tls';

/** What a TLS client says first. */
export async function clientHello(): Promise<Buffer> {
  const [near, far] = duplexPair();
  const tls = connect({ socket: near, ALPNProtocols: ['anweddol/1'], rejectUnauthorized: false });
  tls.on('error', () => undefined);
  const [hello] = (await once(far, 'data')) as [Buffer];
  tls.destroy();
  return hello;
}
