import { REQUEST_VERB_CREATE, REQUEST_VERB_DESTROY, REQUEST_VERB_STAT } from '../../wire/constants.ts';
import type { RequestHandler } from '../request-handler.ts';
import type { RuntimeStatistics } from '../runtime-statistics.ts';
import { createHandler } from './create.ts';
import type { CreateOptions } from './create-options.ts';
import { type DestroyOptions, destroyHandler } from './destroy.ts';
import { statHandler } from './stat.ts';

export type DocumentedHandlersOptions = CreateOptions &
  DestroyOptions & {
    /** What STAT reports. */
    version: string;
    statistics: () => RuntimeStatistics;
  };

/** Who serves the three documented verbs, unless somebody else is set to. */
export function documentedHandlers(options: DocumentedHandlersOptions): Map<string, RequestHandler> {
  return new Map([
    [REQUEST_VERB_STAT, statHandler(options.version, options.statistics)],
    [REQUEST_VERB_CREATE, createHandler(options)],
    [REQUEST_VERB_DESTROY, destroyHandler(options)],
  ]);
}
