import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetworkPolicy } from '../../../src/kube/resources.ts';
import { networkPolicies } from '../../../src/operator/network/network-policies.ts';
import { sampleServer } from '../../support/sample-server.ts';
import { KNOWN, NOTHING_KNOWN } from '../../unit/operator/network/networks.ts';
import { ground, NO_CONTROL_PLANE } from './fixture.ts';

/** What an API server may find fault with: exceptions that are none, everything, bits beyond a prefix, mapped addresses. */
const ODD = [
  '0.0.0.0/0',
  '10.1.2.3/8',
  '10.0.0.0/8',
  '10.1.0.0/16',
  '::/0',
  'fd00::1/8',
  '2001:db8::/32',
  '::ffff:10.0.0.0/104',
];

test('a real API server takes the policies of any isolation', { skip: NO_CONTROL_PLANE }, async () => {
  await using cluster = await ground(1);
  const [namespace = ''] = cluster.namespaces;
  const isolations = [
    {},
    { internet: false, dns: { mode: 'None' as const } },
    { dns: { mode: 'Servers' as const, servers: ['192.0.2.53', '2001:db8::53', '::ffff:192.0.2.53'] } },
    { clusterCIDRs: ODD },
    ...ODD.map((cidr) => ({ clusterCIDRs: [cidr], allowedEgress: ODD.map((allowed) => ({ cidr: allowed })) })),
  ];
  for (const isolation of isolations) {
    for (const known of [KNOWN, NOTHING_KNOWN, { ...KNOWN, configured: ODD }]) {
      for (const policy of networkPolicies(sampleServer({ containers: { isolation } }), known)) {
        const metadata = { ...policy.metadata, namespace };
        const stored = await cluster.admin.create(NetworkPolicy, { ...policy, metadata }, { dryRun: true });
        assert.equal(stored.metadata.name, policy.metadata.name);
      }
    }
  }
});
