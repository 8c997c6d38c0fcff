import { asArray, asObject, asString } from '../base/json.ts';
import { type StoredObject, specOf } from '../base/kube-object.ts';
import { ingressAddresses } from '../kinds/services.ts';
import type { Column } from './column.ts';
import { text, textAt, wide } from './common-columns.ts';
import { selectorText } from './selector-text.ts';

/** As many as kubectl shows of addresses and ports before it counts the rest. */
const SHOWN = 3;

export const serviceColumns: readonly Column[] = [
  text('Type', (service) => textAt(service, ['spec', 'type'], 'ClusterIP')),
  text('Cluster-IP', (service) => textAt(service, ['spec', 'clusterIP'], '<none>')),
  text('External-IP', externalAddress),
  text('Port(s)', (service) => {
    const ports = asArray(specOf(service).ports).map(asObject);
    const shown = ports.map(
      ({ port, nodePort, protocol }) =>
        `${String(port)}${nodePort ? `:${String(nodePort)}` : ''}/${asString(protocol)}`,
    );
    return shown.join(',') || '<none>';
  }),
  wide('Selector', (service) => selectorText(specOf(service).selector)),
];

export const endpointSliceColumns: readonly Column[] = [
  text('AddressType', (slice) => asString(slice.addressType)),
  text('Ports', (slice) =>
    some(
      asArray(slice.ports).map((port) => String(asObject(port).port ?? '*')),
      '<unset>',
    ),
  ),
  text('Endpoints', (slice) =>
    some(
      asArray(slice.endpoints).flatMap((each) => asArray(asObject(each).addresses).map(asString)),
      '<unset>',
    ),
  ),
];

export const endpointsColumns: readonly Column[] = [
  text('Endpoints', (endpoints) => {
    const all = asArray(endpoints.subsets)
      .map(asObject)
      .flatMap((subset) =>
        asArray(subset.addresses).flatMap((address) =>
          asArray(subset.ports).map((port) => `${asString(asObject(address).ip)}:${String(asObject(port).port)}`),
        ),
      );
    return some(all, '<none>');
  }),
];

function externalAddress(service: StoredObject): string {
  const { type, externalName, externalIPs } = specOf(service);
  if (type === 'ExternalName') return asString(externalName) || '<none>';
  const addresses = [
    ...(type === 'LoadBalancer' ? ingressAddresses(service) : []),
    ...asArray(externalIPs).map(asString),
  ];
  return addresses.join(',') || (type === 'LoadBalancer' ? '<pending>' : '<none>');
}

function some(values: string[], none: string): string {
  if (values.length === 0) return none;
  const shown = values.slice(0, SHOWN).join(',');
  return values.length > SHOWN ? `${shown} + ${values.length - SHOWN} more...` : shown;
}
