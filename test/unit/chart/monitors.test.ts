import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { ConfigMap, Deployment, Service } from '../../../src/kube/resources.ts';
import { serverPodLabels } from '../../../src/operator/desired/ownership.ts';
import { sampleServer } from '../../support/sample-server.ts';
import { suite } from '../../support/suite.ts';
import { HELM_4, only, render } from './helms.ts';

interface Monitor extends KubeObject {
  spec: {
    selector: { matchLabels: Record<string, string> };
    namespaceSelector: { any?: boolean; matchNames?: string[] };
    endpoints?: object[];
    podMetricsEndpoints?: object[];
  };
}

const matches = (selector: Record<string, string>, labels: Record<string, string> = {}) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
const podLabels = ({ spec }: Deployment) => spec?.template.metadata?.labels;
const MONITOR = { enabled: true, interval: '30s', labels: { release: 'prometheus' } };

suite('monitors of the chart', HELM_4.skip, () => {
  test('a ServiceMonitor selects the Service, whose port leads to the operator', async () => {
    const objects = await render(HELM_4, { metrics: { port: 9000, serviceMonitor: MONITOR } });
    const monitor = only<Monitor>(objects, 'ServiceMonitor');
    const service = only<Service>(objects, 'Service');
    assert.equal(monitor.metadata.labels?.release, 'prometheus');
    assert.ok(matches(monitor.spec.selector.matchLabels, service.metadata.labels));
    assert.deepEqual(monitor.spec.endpoints, [
      { port: 'metrics', path: '/metrics', honorLabels: true, interval: '30s' },
    ]);
    assert.ok(matches(service.spec?.selector ?? {}, podLabels(only<Deployment>(objects, 'Deployment'))));
    assert.deepEqual(
      service.spec?.ports?.map(({ name, port, targetPort }) => ({ name, port, targetPort })),
      [{ name: 'metrics', port: 9000, targetPort: 'metrics' }],
    );
  });

  test('a PodMonitor selects the pods of the operator, and not those of hooks', async () => {
    const objects = await render(HELM_4, { metrics: { podMonitor: MONITOR }, helmTest: { address: 'lab:1' } });
    const { matchLabels } = only<Monitor>(objects, 'PodMonitor').spec.selector;
    assert.ok(matches(matchLabels, podLabels(only<Deployment>(objects, 'Deployment'))));
    assert.ok(!matches(matchLabels, only(objects, 'Pod').metadata.labels));
  });

  test('one for server pods selects what the operator makes, where it works', async () => {
    const of = async (scope: object) =>
      only<Monitor>(await render(HELM_4, { scope, serverMetrics: { podMonitor: MONITOR } }), 'PodMonitor').spec;
    const { selector, namespaceSelector } = await of({});
    const made = { ...serverPodLabels(sampleServer()), 'app.kubernetes.io/managed-by': 'anweddol-operator' };
    assert.ok(matches(selector.matchLabels, made));
    assert.ok(!matches(selector.matchLabels, { 'app.kubernetes.io/component': 'iso-check' }));
    assert.deepEqual(namespaceSelector, { any: true });
    assert.deepEqual((await of({ namespaces: ['a'] })).namespaceSelector, { matchNames: ['a'] });
  });

  test('alerts are the rules of the project, their own templates untouched', async () => {
    const rule = only<KubeObject & { spec: { groups: object[] } }>(
      await render(HELM_4, { alerts: { enabled: true, labels: { release: 'prometheus' } } }),
      'PrometheusRule',
    );
    assert.equal(rule.metadata.labels?.release, 'prometheus');
    assert.ok(rule.spec.groups.length > 0);
    assert.match(JSON.stringify(rule.spec.groups), /\{\{ ?\$(labels|value)/);
  });

  test('dashboards are ConfigMaps of whole JSON documents, found by a label', async () => {
    const maps = (await render(HELM_4, { dashboards: { enabled: true } })).filter(
      ({ kind }) => kind === 'ConfigMap',
    ) as ConfigMap[];
    assert.ok(maps.length > 1);
    for (const { metadata, data = {} } of maps) {
      assert.equal(metadata.labels?.grafana_dashboard, '1');
      for (const text of Object.values(data)) assert.ok('panels' in JSON.parse(text));
    }
  });
});
