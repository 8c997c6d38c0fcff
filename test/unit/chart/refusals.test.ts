/** What `helm` says of values that don't fit: each message names the value. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suite } from '../../support/suite.ts';
import { HELM_4, HELMS, render } from './helms.ts';

const SERVER = { name: 'lab', spec: {} };

/** By the schema. */
const OUT_OF_SHAPE: [object, RegExp][] = [
  [{ replica: 2 }, /replica\b.*not allowed/],
  [{ image: { tagg: 'x' } }, /image.*tagg/s],
  [{ replicas: 0 }, /replicas/],
  [{ replicas: '2' }, /replicas.*string/s],
  [{ scope: { namespaces: ['Lab'] } }, /scope.namespaces.0/],
  [{ scope: { namespaces: ['a', 'a'] } }, /scope.namespaces/],
  [{ scope: { namespaces: Array.from({ length: 21 }, (_, index) => `n${index}`) } }, /scope.namespaces.*20/s],
  [{ image: { digest: 'sha256:abc' } }, /image.digest/],
  [{ image: { pullPolicy: 'Sometimes' } }, /image.pullPolicy.*IfNotPresent/s],
  [{ clusterCIDRs: ['10.0.0.0'] }, /clusterCIDRs.0/],
  [{ config: { logLevel: 'loud' } }, /config.logLevel.*debug/s],
  [{ config: { concurrency: 1000 } }, /config.concurrency.*256/s],
  [{ config: { serverImage: 'x' } }, /config.*serverImage/s],
  [{ extraArgs: ['log-level=debug'] }, /extraArgs.0/],
  [{ servers: [{ name: 'lab' }] }, /servers.0.*spec/s],
  [{ servers: [{ ...SERVER, replicas: 2 }] }, /servers.0.*replicas/s],
  [{ metrics: { serviceMonitor: { interval: 'often' } } }, /metrics.serviceMonitor.interval/],
  [{ alerts: { runbookBase: 'wiki.example/runbooks' } }, /alerts.runbookBase/],
  [{ networkPolicy: { extraEgress: [4318] } }, /networkPolicy.extraEgress.0/],
  [{ crds: { keep: 'yes' } }, /crds.keep.*boolean/s],
  [{ podDisruptionBudget: { maxUnavailable: 0 } }, /podDisruptionBudget.maxUnavailable/],
  [{ helmTest: { address: 'http://lab' } }, /helmTest.address/],
];

/** By the templates. */
const CONTRADICTORY: [object, RegExp][] = [
  [{ replicas: 2, leaderElection: { enabled: false } }, /replicas: .*leaderElection\.enabled=true/],
  [{ serviceAccount: { create: false } }, /serviceAccount\.name: must name/],
  [{ extraArgs: ['--namespaces=a'] }, /extraArgs: --namespaces is set by the value scope\.namespaces/],
  [{ extraArgs: ['--health-address=0'] }, /extraArgs: --health-address can't be set/],
  [{ servers: [SERVER, SERVER] }, /servers: anweddol-system\/lab is listed twice/],
  [
    { scope: { namespaces: ['a'] }, servers: [SERVER] },
    /servers: anweddol-system\/lab .*scope\.namespaces does not list/,
  ],
  [{ servers: [SERVER], helmTest: { server: 'other' } }, /helmTest\.server: there is no "other" in servers/],
  [
    { metrics: { enabled: false, service: { enabled: true } } },
    /metrics\.service\.enabled: needs metrics\.enabled=true/,
  ],
  [
    { metrics: { serviceMonitor: { enabled: true }, podMonitor: { enabled: true } } },
    /metrics\.podMonitor\.enabled: .*twice/,
  ],
  [{ metrics: { port: 8081 } }, /metrics\.port: 8081/],
];

for (const helm of HELMS) {
  suite(`${helm.name} refuses`, helm.skip, () => {
    for (const [values, message] of OUT_OF_SHAPE) {
      test(JSON.stringify(values).slice(0, 80), () => assert.rejects(render(helm, values), { message }));
    }
  });
}

suite('the chart refuses', HELM_4.skip, () => {
  for (const [values, message] of CONTRADICTORY) {
    test(JSON.stringify(values), () => assert.rejects(render(HELM_4, values), { message }));
  }
});
