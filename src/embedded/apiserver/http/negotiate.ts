/** In which form an answer is wanted. */
import type { TableOptions } from '../tables/render.ts';

export type Form = 'object' | 'table' | 'metadata';

/** The first form of the `Accept` header that exists here; plain JSON otherwise. */
export function formOf(accept: string): Form {
  for (const part of accept.split(',')) {
    const parameters = parametersOf(part);
    if (parameters.get('g') !== 'meta.k8s.io' || parameters.get('v') !== 'v1') {
      if (/application\/json|\*\/\*/.test(part) && !parameters.has('as')) return 'object';
      continue;
    }
    if (parameters.get('as') === 'Table') return 'table';
    if (parameters.get('as')?.startsWith('PartialObjectMetadata')) return 'metadata';
  }
  return 'object';
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
