/** The CustomResourceDefinitions of this project. */
import type { V1CustomResourceDefinition } from '@kubernetes/client-node';
import { AnweddolAccessTokenSpec, AnweddolAccessTokenStatus } from '../anweddol-access-token.ts';
import { AnweddolServerSpec } from '../anweddol-server.ts';
import { AnweddolServerStatus } from '../anweddol-server-status.ts';
import { definition } from './custom-resource-definition.ts';

export function anweddolServerDefinition(): V1CustomResourceDefinition {
  return definition({
    names: { kind: 'AnweddolServer', plural: 'anweddolservers', singular: 'anweddolserver', shortNames: ['anwdl'] },
    description: 'An Anweddol server: clients that connect to it are given temporary virtual machines over SSH.',
    spec: AnweddolServerSpec,
    status: AnweddolServerStatus,
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    },
    rules: [
      {
        // Names of containers, Services and labels are made from it, and the longest label has 63 characters.
        rule: "self.metadata.name.size() <= 40 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
        message:
          'metadata.name must start with a letter, hold lower-case letters, digits and dashes, and have 40 characters at most',
      },
    ],
    columns: [
      { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
      { name: 'Address', type: 'string', jsonPath: '.status.address.host' },
      { name: 'Port', type: 'integer', jsonPath: '.status.address.port' },
      { name: 'Running', type: 'integer', jsonPath: '.status.containers.running' },
      { name: 'Warm', type: 'integer', jsonPath: '.status.containers.warm' },
      { name: 'Max', type: 'integer', jsonPath: '.status.containers.max' },
      { name: 'Pods', type: 'integer', jsonPath: '.status.readyReplicas', priority: 1 },
      {
        name: 'Reason',
        type: 'string',
        jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
        priority: 1,
      },
    ],
  });
}

function anweddolAccessTokenDefinition(): V1CustomResourceDefinition {
  return definition({
    names: {
      kind: 'AnweddolAccessToken',
      plural: 'anweddolaccesstokens',
      singular: 'anweddolaccesstoken',
      shortNames: ['anwdltoken'],
    },
    description: 'A token that lets its bearer use an AnweddolServer which requires one.',
    spec: AnweddolAccessTokenSpec,
    status: AnweddolAccessTokenStatus,
    rules: [
      {
        rule: 'self.metadata.name.size() <= 240',
        message: 'metadata.name must have 240 characters at most: the Secret of the token is named after it',
      },
    ],
    columns: [
      { name: 'Server', type: 'string', jsonPath: '.spec.serverName' },
      { name: 'Enabled', type: 'boolean', jsonPath: '.spec.enabled' },
      { name: 'Expires', type: 'string', jsonPath: '.spec.expiresAt' },
      { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: 'Secret', type: 'string', jsonPath: '.status.secretName' },
      { name: 'Description', type: 'string', jsonPath: '.spec.description', priority: 1 },
    ],
  });
}

export const DEFINITIONS = [anweddolServerDefinition, anweddolAccessTokenDefinition];
