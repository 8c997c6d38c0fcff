import type { ServerFlags } from './server-flags.ts';

/** The flags, and those whose value was given and is no default. */
export interface GivenFlags extends Partial<ServerFlags> {
  /** The client token, of `destroy`. */
  token?: string | undefined;
  given: ReadonlySet<keyof ServerFlags>;
}

/** What is wrong with flags that exclude each other or need one another, and what to do; the first of it. */
export function combinationFault({ given, ...flags }: GivenFlags): string | undefined {
  const { web, tls, tlsCa, tlsServerName, insecure, accessToken, token } = flags;
  const pinned = (flags.pin?.length ?? 0) > 0;
  const keyFlag = pinned
    ? '--pin'
    : insecure
      ? '--insecure'
      : given.has('knownServers')
        ? '--known-servers'
        : undefined;
  const faults: [unknown, string][] = [
    [web && given.has('generation'), '--web speaks HTTP, which has no generations: leave out --generation or --web'],
    [web && given.has('keyBits'), '--web speaks HTTP, which needs no RSA key: leave out --key-bits or --web'],
    [web && !tls && keyFlag, `--web without --tls has no server key: add --tls, or leave out ${keyFlag}`],
    [!tls && tlsCa !== undefined, '--tls-ca is for TLS: add --tls, or leave it out'],
    [!tls && tlsServerName !== undefined, '--tls-server-name is for TLS: add --tls, or leave it out'],
    [pinned && insecure, '--pin accepts one key and --insecure any: leave out one of them'],
    [pinned && tlsCa !== undefined, 'a key of --pin needs no authority: leave out --tls-ca or --pin'],
    [insecure && tlsCa !== undefined, '--insecure asks no authority: leave out --tls-ca or --insecure'],
    [
      (pinned || insecure) && given.has('knownServers'),
      `${keyFlag} does not look at the known servers: leave out --known-servers or ${keyFlag}`,
    ],
    [
      accessToken === '-' && token === '-',
      'standard input can be read once: give --token or --access-token in another way than "-"',
    ],
  ];
  return faults.find(([isWrong]) => isWrong)?.[1];
}
