/** Objects and their versions, as short as a test needs them. */
import type { AnyObject, Version } from '../../campaign/truth/version.ts';

interface Given {
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  data?: unknown;
  ports?: { name: string }[];
  type?: string;
  kind: string;
  name: string;
  /** Default: the kind and the name. */
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  owner?: { kind: string; name: string; uid?: string };
  generation?: number;
  deletionTimestamp?: string;
  generateName?: string;
}

let revision = 0;

/** The next version of everything: each call comes after the calls before it. */
export function version(type: Version['type'], given: Given, at = 0): Version {
  const { kind, name, uid = `${kind} ${name}`, labels, owner, generation, deletionTimestamp, generateName } = given;
  const { spec, status, data } = given;
  revision += 1;
  const metadata = {
    name,
    uid,
    resourceVersion: String(revision),
    ...(labels && { labels }),
    ...(given.annotations && { annotations: given.annotations }),
    ...(generation !== undefined && { generation }),
    ...(deletionTimestamp && { deletionTimestamp }),
    ...(generateName && { generateName }),
    ...(owner && {
      ownerReferences: [{ ...owner, uid: owner.uid ?? `${owner.kind} ${owner.name}`, controller: true }],
    }),
  };
  const object: AnyObject = { metadata };
  if (spec) object.spec = spec;
  if (status) object.status = status;
  if (data !== undefined) object.data = data;
  if (given.ports) object.ports = given.ports;
  if (given.type !== undefined) object.type = given.type;
  return { type, kind, object, at };
}

export const SERVER = { kind: 'AnweddolServer', name: 'lab', generation: 1, spec: { containers: { maxRunning: 1 } } };

/** A container of that server. */
export function machine(state: string, more: Partial<Given> = {}): Given {
  const { labels, ...others } = more;
  return {
    kind: 'VirtualMachineInstance',
    name: 'lab-10000',
    owner: { kind: 'AnweddolServer', name: 'lab' },
    labels: {
      'anweddol.io/server': 'lab',
      'anweddol.io/container-uuid': 'one',
      'anweddol.io/state': state,
      ...labels,
    },
    ...others,
  };
}

/** The way into that container. */
export function slice(more: Partial<Given> = {}): Given {
  return {
    kind: 'EndpointSlice',
    name: 'lab-10000',
    owner: { kind: 'VirtualMachineInstance', name: 'lab-10000' },
    labels: { 'endpointslice.kubernetes.io/managed-by': 'anweddol-operator' },
    ...more,
  };
}
