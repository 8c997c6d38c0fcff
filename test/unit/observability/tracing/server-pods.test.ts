import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEnvironment } from '../../../../src/main/environment.ts';
import { readCommand } from '../../../../src/main/operator/read-command.ts';
import { TracesEnvironment } from '../../../../src/main/server/traces.ts';
import { deployment } from '../../../../src/operator/desired/deployment.ts';
import { serverPodLabels } from '../../../../src/operator/desired/ownership.ts';
import { networkPolicies } from '../../../../src/operator/network/network-policies.ts';
import type { TracesTarget } from '../../../../src/runtime/tracing.ts';
import { mayConnect } from '../../../support/policy-evaluator/may-connect.ts';
import { sampleSettings } from '../../../support/sample-machine.ts';
import { sampleServer } from '../../../support/sample-server.ts';
import { KNOWN } from '../../operator/network/networks.ts';

const server = sampleServer();
const podOf = (namespace: string, ip: string, labels: Record<string, string> = {}) => ({ namespace, ip, labels });
const serverPod = podOf('anweddol', '10.244.0.11', serverPodLabels(server));
const collector = podOf('tracing', '10.244.0.50', { app: 'collector' });
const neighbour = podOf('default', '10.244.0.51');
const dns = podOf('kube-system', '10.244.0.31', { 'k8s-app': 'kube-dns' });

/** What server pods reach when they send traces to this URL. */
function world(endpoint?: string) {
  const policies = networkPolicies(server, KNOWN, [], endpoint);
  const namespaces = ['anweddol', 'kube-system', 'default', 'tracing'].map((name) => ({ name }));
  return (to: typeof collector | string, port: number, protocol = 'TCP') =>
    mayConnect({ namespaces, policies }, { from: serverPod, to, port, protocol });
}

test('server pods reach a collector that is a Service, its port alone, and the DNS that knows it', () => {
  const reach = world('http://collector.tracing.svc.cluster.local:4318/v1/traces');
  assert.equal(reach(collector, 4318), true);
  assert.equal(reach(collector, 4317), false);
  assert.equal(reach(neighbour, 4318), false);
  assert.equal(reach('203.0.113.9', 4318), false);
  assert.equal(reach(dns, 53, 'UDP'), true);
});

test('server pods reach a collector at an address, that alone, and no DNS', () => {
  const reach = world('https://203.0.113.9/v1/traces');
  assert.equal(reach('203.0.113.9', 443), true);
  assert.equal(reach('203.0.113.9', 80), false);
  assert.equal(reach('203.0.113.8', 443), false);
  assert.equal(reach(dns, 53, 'UDP'), false);
  assert.equal(world('http://[2001:db8::9]:4318/v1/traces')('2001:db8::9', 4318), true);
});

test('a collector of another name opens DNS and nothing else', () => {
  const reach = world('https://collector.example/v1/traces');
  assert.equal(reach('203.0.113.9', 443), false);
  assert.equal(reach(neighbour, 443), false);
  assert.equal(reach(dns, 53, 'UDP'), true);
});

test('without traces the policies are what they were', () => {
  const reach = world();
  assert.equal(reach(collector, 4318), false);
  assert.equal(reach(dns, 53, 'UDP'), false);
});

function environmentOf(traces?: TracesTarget): Record<string, string | undefined> {
  const pods = deployment(server, { image: 'anweddol:1', settings: sampleSettings(), secrets: {}, traces });
  const variables = pods.spec?.template.spec?.containers[0]?.env ?? [];
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

/** What a server pod makes of its environment. */
function targetIn(environment: Record<string, string | undefined>): TracesTarget | undefined {
  Object.assign(process.env, environment);
  try {
    return parseEnvironment(TracesEnvironment).target;
  } finally {
    for (const name of Object.keys(environment)) delete process.env[name];
  }
}

test('server pods are told what the operator was told', () => {
  const flags = ['--server-image=i', '--traces-endpoint=http://collector.tracing.svc:4318', '--traces-sample=0.25'];
  const command = readCommand(flags, {});
  assert.equal(command.kind, 'run');
  const { tracesEndpoint: endpoint = '', tracesSample: sampleRatio = 0 } =
    command.kind === 'run' ? command.options : {};
  const traces = { endpoint, sampleRatio };
  assert.deepEqual(traces, { endpoint: 'http://collector.tracing.svc:4318/v1/traces', sampleRatio: 0.25 });
  assert.deepEqual(targetIn(environmentOf(traces)), traces);
});

test('where the operator has no traces its pods are told nothing of them', () => {
  assert.deepEqual(
    Object.keys(environmentOf()).filter((name) => name.startsWith('OTEL')),
    [],
  );
  assert.equal(targetIn({}), undefined);
});

for (const [name, value, said] of [
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'collector:4318', /^OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: takes the URL/],
  ['OTEL_TRACES_SAMPLER_ARG', 'half', /^OTEL_TRACES_SAMPLER_ARG: takes a number from 0 to 1$/],
  ['OTEL_TRACES_SAMPLER_ARG', '2', /^OTEL_TRACES_SAMPLER_ARG: /],
] as const) {
  test(`a server pod refuses ${name}=${value} in one line`, () => {
    assert.throws(() => targetIn({ [name]: value }), { message: said });
  });
}

for (const endpoint of ['collector:4318', 'http://name:word@collector:4318']) {
  test(`the operator refuses the endpoint ${endpoint} in one line`, () => {
    const command = readCommand(['--server-image=i', `--traces-endpoint=${endpoint}`], {});
    assert.equal(command.kind, 'refuse');
    assert.match(
      (command.kind === 'refuse' && command.problems.join()) || '',
      /^--traces-endpoint: got .* takes a URL/,
    );
  });
}
