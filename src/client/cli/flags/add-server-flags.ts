import { type Command, Option } from 'commander';
import { generation, keyBits, pin, seconds } from './values.ts';

/** The argument and the flags of every command that talks to a server, in groups for `--help`. */
export function addServerFlags(command: Command): Command {
  command
    .argument('<server>', 'HOST or HOST:PORT (default port: 6150; with --web 8080, with --web --tls 4443)')
    .addOption(outputOption())
    .option('--timeout <seconds>', 'to connect, agree on keys and send the request', seconds, 10)
    .option('--wait <seconds>', 'to wait for the answer', seconds, 300);

  command
    .optionsGroup('How to talk to the server:')
    .option('--generation <1|2|3|auto>', 'of the protocol; auto: finds out and remembers', generation, 'auto')
    // 2,048 bits are made in a tenth of a second, and guard what lives for a day at most.
    .option('--key-bits <bits>', 'of the RSA key for this connection: 2048, 3072 or 4096', keyBits, 2048)
    .option('--tls', 'TLS, on the same port')
    .option('--tls-server-name <name>', "what the certificate has to be for (default: the server's HOST)")
    .option('--tls-ca <file>', 'PEM; the certificate must come from it (default: well-known authorities, or first use)')
    .option('--web', 'HTTP instead of the Anweddol protocol; hides nothing without --tls');

  command
    .optionsGroup('Which server to trust:')
    .option('--pin <SHA256:…>', 'accept this key alone, TLS or else RSA (may be repeated)', pin)
    .addOption(knownServersOption())
    .option('--insecure', 'accept any key');

  return command
    .optionsGroup('Who you are:')
    .option('--access-token <file>', 'holds the access token; "-": standard input (default: ANWDL_ACCESS_TOKEN)');
}

export function outputOption(): Option {
  return new Option('-o, --output <format>', 'output format').choices(['text', 'json']).default('text');
}

export function knownServersOption(): Option {
  return new Option(
    '--known-servers <file>',
    'the keys of servers met before (default: ANWDL_KNOWN_SERVERS, or ~/.config/anwdl/known_servers)',
  );
}
