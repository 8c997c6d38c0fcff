/** What the guide leaves to its reader, and what stands there when it is followed here. Nothing else of it is changed. */

interface OwnThings {
  /** Where clients connect: the load balancer of the lab. */
  host: string;
  /** The only node. */
  node: string;
}

/** As the guide writes it; what is put there. */
const READERS_OWN: [written: RegExp, put: keyof OwnThings][] = [
  [/\bHOST\b/g, 'host'],
  [/\bNODE\b/g, 'node'],
];

export function withReadersOwn(commands: string, own: OwnThings): string {
  return READERS_OWN.reduce((text, [written, put]) => text.replaceAll(written, own[put]), commands);
}
