import { isDeepStrictEqual } from 'node:util';
import { fixedSettings, ServerSettings } from '../../api/server-settings.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { WatchedFile } from '../../runtime/watched-file.ts';

/**
 * The settings of a server pod, read again for as long as they are open. What the pod reads only once stays as it was at its
 * start; a file that cannot be read or is wrong is logged, and the settings before stay. Dispose to end it.
 * @throws when the first reading fails
 */
export async function openSettings(
  path: string,
  options: {
    clock: Clock;
    log: Log;
    /** Takes changed settings; what it throws refuses them. */
    onChange: (settings: ServerSettings) => void;
  },
): Promise<{ readonly current: ServerSettings } & Disposable> {
  const { clock, log, onChange } = options;
  let first: ServerSettings | undefined;
  return WatchedFile.open([path], {
    clock,
    parse([content]) {
      const read = ServerSettings.parse(JSON.parse(content.toString('utf8')));
      first ??= read;
      return liveSettings(first, read);
    },
    onReload(settings) {
      onChange(settings);
      log.info({ path }, 'settings reloaded');
    },
    onError: (error) => log.error({ path, err: error }, 'settings cannot be reloaded, those before stay'),
  });
}

/** New settings, but for what a pod that was started with the first ones cannot change. */
export function liveSettings(first: ServerSettings, next: ServerSettings): ServerSettings {
  if (isDeepStrictEqual(fixedSettings(first), fixedSettings(next))) return next;
  const { server, onetimeKey: _, access, logLevel, ...live } = next;
  const { ipFilter: firstFilter, ...doors } = first.access;
  // Where the pod does not see addresses a filter would let nobody in.
  const ipFilter = doors.clientAddress === 'none' ? firstFilter : access.ipFilter;
  return {
    ...live,
    server: first.server,
    spec: {
      ...next.spec,
      listenPort: first.spec.listenPort,
      containers: { ...next.spec.containers, endpoint: first.spec.containers.endpoint },
    },
    access: { ...doors, ...(ipFilter && { ipFilter }) },
    ...(first.onetimeKey && { onetimeKey: first.onetimeKey }),
    logLevel: first.logLevel,
  };
}
