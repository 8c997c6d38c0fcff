import { isIP } from 'node:net';
import * as z from 'zod';
import type { ListenAddress } from '../../observability/http-listener.ts';

/** `HOST:PORT`, `[IPV6]:PORT` or `:PORT`; port 0 is any free one. `0` alone is `null`: nowhere. */
export function listenAddress() {
  return z.string().transform((text, context): ListenAddress | null => {
    if (text === '0') return null;
    const address = parse(text);
    if (address) return address;
    context.addIssue({ code: 'custom', message: 'no address' });
    return z.NEVER;
  });
}

function parse(text: string): ListenAddress | undefined {
  const match = /^(?:\[(?<v6>[^\]]*)\]|(?<name>[^:[\]]*)):(?<port>\d{1,5})$/.exec(text);
  const { v6, name = '', port } = match?.groups ?? {};
  if (port === undefined || Number(port) > 65_535) return undefined;
  if (v6 !== undefined) return isIP(v6) === 6 ? { host: v6, port: Number(port) } : undefined;
  if (name === '') return { port: Number(port) };
  return /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(name) ? { host: name, port: Number(port) } : undefined;
}
