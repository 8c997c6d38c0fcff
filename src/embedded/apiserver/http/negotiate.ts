/** In which form an answer is wanted. */

import { KubeStatusError } from '../base/status-error.ts';
import type { TableOptions } from '../tables/render.ts';

export type Form = 'object' | 'table' | 'metadata';

export interface Representation {
  form: Form;
  /** JSON otherwise. */
  isYaml: boolean;
}

const JSON_TYPES = ['application/json', 'application/*', '*/*'];
const YAML = 'application/yaml';
const AVAILABLE = ['application/json', YAML, 'application/vnd.kubernetes.protobuf'];
const STREAMS = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];

/**
 * The first kind of answer in the `Accept` header that exists here; plain JSON without one.
 * @throws KubeStatusError 406 when nothing in it does. Binary answers are never given, but accepted beside others.
 */
export function representationOf(accept: string): Representation {
  const parts = accept.split(',').filter((part) => part.trim() !== '');
  if (parts.length === 0) return { form: 'object', isYaml: false };
  for (const part of parts) {
    const type = part.split(';')[0]?.trim().toLowerCase() ?? '';
    if (!JSON_TYPES.includes(type) && type !== YAML) continue;
    const form = formOf(parametersOf(part));
    if (form) return { form, isYaml: type === YAML };
  }
  const isKnown = parts.some((part) => JSON_TYPES.includes(part.split(';')[0]?.trim() ?? ''));
  throw isKnown
    ? new KubeStatusError(406, 'NotAcceptable', `only the following media types are accepted: ${AVAILABLE.join(', ')}`)
    : new KubeStatusError(
        406,
        'NotAcceptable',
        `406: Not Acceptable\n\nAvailable representations: ${[...AVAILABLE, ...STREAMS].join(', ')}`,
        {},
      );
}

function formOf(parameters: ReadonlyMap<string, string>): Form | undefined {
  const as = parameters.get('as');
  if (as === undefined) return 'object';
  if (parameters.get('g') !== 'meta.k8s.io' || parameters.get('v') !== 'v1') return undefined;
  if (as === 'Table') return 'table';
  return as.startsWith('PartialObjectMetadata') ? 'metadata' : undefined;
}

/** The version of aggregated discovery that is wanted, `undefined` for the plain one. */
export function aggregatedDiscovery(accept: string): 'v2' | 'v2beta1' | undefined {
  for (const part of accept.split(',')) {
    const parameters = parametersOf(part);
    if (parameters.get('as') !== 'APIGroupDiscoveryList') continue;
    const version = parameters.get('v');
    if (version === 'v2' || version === 'v2beta1') return version;
  }
  return undefined;
}

export function includeObject(query: URLSearchParams): TableOptions['includeObject'] {
  const value = query.get('includeObject');
  return value === 'None' || value === 'Object' ? value : 'Metadata';
}

function parametersOf(part: string): Map<string, string> {
  return new Map(
    part
      .split(';')
      .slice(1)
      .map((parameter) => {
        const [key = '', value = ''] = parameter.split('=');
        return [key.trim(), value.trim()] as const;
      }),
  );
}
