const PLAIN = /^[\w@%+=:,./~-]+$/;

/** What to type in a shell so that a server is forgotten. */
export function forgetCommand(server: string, knownServers: string | undefined): string {
  const words = ['anwdl', 'forget', server, ...(knownServers === undefined ? [] : ['--known-servers', knownServers])];
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
