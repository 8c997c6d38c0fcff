import { isAbsolute, join } from 'node:path';

/**
 * Where the known-servers file is: the flag, ANWDL_KNOWN_SERVERS, or the user's configuration folder (XDG Base Directory
 * Specification). `undefined` without a home folder.
 */
export function knownServersPath(flag: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (flag) return flag;
  if (env.ANWDL_KNOWN_SERVERS) return env.ANWDL_KNOWN_SERVERS;
  const { XDG_CONFIG_HOME: configuration = '', HOME: home } = env;
  // A relative one is to be ignored, says the specification.
  if (isAbsolute(configuration)) return join(configuration, 'anwdl', 'known_servers');
  return home ? join(home, '.config', 'anwdl', 'known_servers') : undefined;
}
