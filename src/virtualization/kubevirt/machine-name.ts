import { containerName } from '../../api/names.ts';
import type { ServerSettings } from '../../api/server-settings.ts';

/** Where the machine in a slot is. */
export function machineName(
  { server }: Pick<ServerSettings, 'server'>,
  port: number,
): { namespace: string; name: string } {
  return { namespace: server.namespace, name: containerName(server.name, port) };
}
