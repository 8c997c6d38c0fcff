import type { ServerSettings } from '../../api/server-settings.ts';
import type { LiveOptions } from '../../server/server-options.ts';

/** The options of a server that follow its settings while it runs. */
export function liveOptions({ spec, access }: ServerSettings): LiveOptions {
  const { clientTimeoutSeconds, containers } = spec;
  return {
    clientTimeout: clientTimeoutSeconds,
    startTimeout: containers.startTimeoutSeconds,
    // Whoever is served when the pod is told to stop can still get the container.
    stopGrace: containers.startTimeoutSeconds + clientTimeoutSeconds,
    ipFilter: access.ipFilter,
  };
}
