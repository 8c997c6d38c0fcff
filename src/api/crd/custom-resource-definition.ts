/** The CustomResourceDefinition manifests of this project, from the zod sources of the resources. */
import type { V1CustomResourceDefinition } from '@kubernetes/client-node';
import { AnweddolServerSpec, AnweddolServerStatus } from '../anweddol-server.ts';
import { API_GROUP, API_VERSION } from '../names.ts';
import { type CelRule, celRules } from './cel-rules.ts';
import { structuralSchema } from './structural-schema.ts';

/** Names of containers, Services and labels are made from the server's name, and the longest label has 63 characters. */
const NAME_RULES: CelRule[] = [
  {
    rule: "self.metadata.name.size() <= 40 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
    message:
      'metadata.name must start with a letter, hold lower-case letters, digits and dashes, and have 40 characters at most',
  },
];

export function anweddolServerDefinition(): V1CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `anweddolservers.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      scope: 'Namespaced',
      names: {
        kind: 'AnweddolServer',
        listKind: 'AnweddolServerList',
        plural: 'anweddolservers',
        singular: 'anweddolserver',
        shortNames: ['anwdl'],
        categories: ['anweddol'],
      },
      versions: [
        {
          name: API_VERSION,
          served: true,
          storage: true,
          subresources: {
            status: {},
            scale: {
              specReplicasPath: '.spec.replicas',
              statusReplicasPath: '.status.replicas',
              labelSelectorPath: '.status.selector',
            },
          },
          additionalPrinterColumns: [
            { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
            { name: 'Address', type: 'string', jsonPath: '.status.address.host' },
            { name: 'Port', type: 'integer', jsonPath: '.status.address.port' },
            { name: 'Running', type: 'integer', jsonPath: '.status.containers.running' },
            { name: 'Max', type: 'integer', jsonPath: '.status.containers.max' },
            { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
          ],
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description:
                'An Anweddol server: clients that connect to it are given temporary virtual machines over SSH.',
              required: ['spec'],
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: structuralSchema(AnweddolServerSpec),
                status: structuralSchema(AnweddolServerStatus),
              },
              ...celRules(...NAME_RULES),
            },
          },
        },
      ],
    },
  };
}
