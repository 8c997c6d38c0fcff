import type { Clock } from '../../../runtime/clock.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Guard } from '../guard.ts';
import type { ImageCatalogue } from '../images/image-catalogue.ts';
import type { PodVolumes } from '../volumes/pod-volumes.ts';
import type { EnvironmentSources } from './environment.ts';

/** What every container of one pod shares. */
export interface ContainerContext {
  sources: EnvironmentSources;
  volumes: PodVolumes;
  catalogue: ImageCatalogue;
  guard: Guard;
  clock: Clock;
  log: Log;
  /** The pod's own folder. */
  folder: string;
  /** Where this pod finds the API server. */
  apiServer: { host: string; port: number };
  /** @see hostAddress */
  shift: boolean;
}
