import { isAbsolute, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';

interface Exec {
  apiVersion?: string;
  command?: string;
  env?: { name: string; value: string }[] | null;
}

interface User {
  token?: string;
  tokenFile?: string;
  exec?: Exec;
  'auth-provider'?: object;
}

/**
 * Reads the text of a kubeconfig (YAML or JSON) into `config`.
 * @param folder relative paths in it start here
 * @throws Error of the parser's, or client-node's for what is missing
 */
export function parseKubeConfig(config: KubeConfig, text: string, folder: string): void {
  const document: { users?: { user?: User }[] } | null = parse(text);
  if (typeof document !== 'object' || document === null) throw new Error('it is no kubeconfig');
  for (const { user } of document.users ?? []) if (user) complete(user, folder);
  config.loadFromString(JSON.stringify(document));
  config.makePathsAbsolute(folder);
}

/** What kubectl understands and client-node does not. */
function complete(user: User, folder: string): void {
  if (user.tokenFile) {
    user['auth-provider'] = { name: 'tokenFile', config: { tokenFile: absolute(user.tokenFile, folder) } };
    delete user.tokenFile;
    // The file goes before it.
    delete user.token;
  }
  if (user.exec) {
    const { command = '', apiVersion, env } = user.exec;
    // A bare name is looked up in PATH.
    if (command.includes('/')) user.exec.command = absolute(command, folder);
    const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: { interactive: false } });
    user.exec.env = [...(env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: info }];
  }
}

function absolute(path: string, folder: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}
