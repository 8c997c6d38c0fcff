/** A CustomResourceDefinition manifest, from the zod sources of a resource. */
import type { V1CustomResourceDefinition, V1CustomResourceDefinitionNames } from '@kubernetes/client-node';
import type * as z from 'zod';
import { API_GROUP, API_VERSION } from '../names.ts';
import { type CelRule, celRules } from './cel-rules.ts';
import { structuralSchema } from './structural-schema.ts';

export interface DefinitionSource {
  names: Pick<V1CustomResourceDefinitionNames, 'kind' | 'plural' | 'singular' | 'shortNames'>;
  description: string;
  spec: z.ZodType;
  status: z.ZodType;
  /** Of the whole object: of its name, that is. */
  rules: CelRule[];
  columns: { name: string; type: 'string' | 'integer' | 'date' | 'boolean'; jsonPath: string; priority?: number }[];
  scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath: string };
}

export function definition(source: DefinitionSource): V1CustomResourceDefinition {
  const { names, description, spec, status, rules, columns, scale } = source;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      scope: 'Namespaced',
      names: { ...names, listKind: `${names.kind}List`, categories: ['anweddol'] },
      versions: [
        {
          name: API_VERSION,
          served: true,
          storage: true,
          subresources: { status: {}, ...(scale && { scale }) },
          additionalPrinterColumns: [
            ...columns,
            { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
          ],
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description,
              required: ['spec'],
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: structuralSchema(spec),
                status: structuralSchema(status),
              },
              ...celRules(...rules),
            },
          },
        },
      ],
    },
  };
}
