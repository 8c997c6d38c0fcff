/** What `--help` says below the flags. */

const EXIT_CODES = `
Exit codes:
  0  done
  1  the server refused the request; of "forget": nothing was known
  2  the server or the container cannot be reached, or does not keep to the protocol
  3  the server shows another key than the one that is known or pinned, or that the CA vouches for
  64 wrong usage
  78 the known-servers file is malformed, or cannot be read or changed
  130, 143  interrupted, terminated
  "anwdl ssh" ends with the exit code of ssh: that of the remote command, or 255.
`;

const TRUST = `
The key that a server shows at the first contact is stored, and another one is refused from then on: "anwdl known" lists
the keys, "anwdl forget HOST:PORT" takes one out. --pin names the key instead. How much that proves:
  with --tls      Whoever answers has the key.
  without --tls   The protocol has no proof of who answers. A changed key is a sign that somebody is in between, an
                  unchanged one is no proof that nobody is.
  --web alone     There is no key, and everybody on the way reads along, tokens and passwords included.
`;

const COMMANDS = {
  program: `
  anwdl stat anweddol.example.org            version, uptime and free containers
  anwdl ssh anweddol.example.org             a shell in a new container, which ends with the shell
  anwdl ssh anweddol.example.org -- uname -a
  anwdl create --tls anweddol.example.org -o json > container.json
  anwdl COMMAND --help                       all that a command takes, with examples
`,
  stat: `
  anwdl stat anweddol.example.org
  anwdl stat anweddol.example.org:7000 -o json
  anwdl stat --generation 2 old.example.org
  anwdl stat --tls --pin SHA256:9s1p6vBCA1ZkBO3mXJuqMnjEGTQmxjF1vJeEzxqC7hM anweddol.example.org
  anwdl stat --tls --tls-ca ca.pem --tls-server-name anweddol.internal 10.0.0.7
  anwdl stat --web --tls anweddol.example.org
`,
  create: `
  anwdl create anweddol.example.org
  anwdl create --access-token ~/.config/anwdl/token anweddol.example.org -o json > container.json
  pass anweddol | anwdl create --tls --access-token - anweddol.example.org
`,
  destroy: `
  ANWDL_TOKEN="$(jq -r .client_token container.json)" anwdl destroy anweddol.example.org --uuid UUID
  jq -r .client_token container.json | anwdl destroy anweddol.example.org --token - \\
    --uuid "$(jq -r .container_uuid container.json)"
`,
  ssh: `
  anwdl ssh anweddol.example.org
  anwdl ssh --tls anweddol.example.org -- uname -a
  anwdl ssh --access-token token.txt anweddol.example.org -- 'make test' < sources.tar
  anwdl ssh --keep anweddol.example.org 2> credentials.txt
`,
  known: `
  anwdl known
  anwdl known -o json
  anwdl known --known-servers ./known_servers
`,
  forget: `
  anwdl forget anweddol.example.org:6150     on this port, its RSA key and its TLS key
  anwdl forget anweddol.example.org          on every port
`,
};

/** The last part of the help of a command, or of the program. */
export function helpText(name: keyof typeof COMMANDS): string {
  const trust = name === 'program' || name === 'destroy' ? '' : TRUST;
  return `${trust}\nExamples:${COMMANDS[name]}${EXIT_CODES}`;
}
