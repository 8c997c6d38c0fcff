import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LABEL_SERVER } from '../../../src/api/names.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { ConfigMap, Deployment, Service } from '../../../src/kube/resources.ts';
import { serverPodLabels } from '../../../src/operator/desired/ownership.ts';
import { type Alert, readAlerts } from '../../alerts/rules.ts';
import { sampleServer } from '../../support/sample-server.ts';
import { suite } from '../../support/suite.ts';
import { HELM_4, only, render } from './helms.ts';

type PrometheusRule = KubeObject & { spec: { groups: { rules: Alert[] }[] } };

interface Monitor extends KubeObject {
  spec: {
    selector: { matchLabels: Record<string, string> };
    namespaceSelector: { any?: boolean; matchNames?: string[] };
    endpoints?: object[];
    podMetricsEndpoints?: { honorLabels?: boolean; relabelings?: object[] }[];
  };
}

const matches = (selector: Record<string, string>, labels: Record<string, string> = {}) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
const podLabels = ({ spec }: Deployment) => spec?.template.metadata?.labels;
const alerts = async (values: object) =>
  only<PrometheusRule>(await render(HELM_4, { alerts: { enabled: true, ...values } }), 'PrometheusRule');
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

  test('what server pods export is told apart by server, as dashboards and alerts count on', async () => {
    const objects = await render(HELM_4, { serverMetrics: { podMonitor: MONITOR } });
    const [endpoint] = only<Monitor>(objects, 'PodMonitor').spec.podMetricsEndpoints ?? [];
    // Prometheus makes underscores of what its names can't have.
    const source = `__meta_kubernetes_pod_label_${LABEL_SERVER.replaceAll(/[^a-zA-Z0-9]/g, '_')}`;
    assert.deepEqual(endpoint?.relabelings, [{ sourceLabels: [source], targetLabel: 'server' }]);
    assert.equal(endpoint?.honorLabels, true);
  });

  test('alerts are the rules of the project, their own templates untouched', async () => {
    const rule = await alerts({ labels: { release: 'prometheus' } });
    assert.equal(rule.metadata.labels?.release, 'prometheus');
    assert.deepEqual(
      rule.spec.groups.flatMap(({ rules }) => rules),
      await readAlerts(),
    );
    assert.match(JSON.stringify(rule.spec.groups), /\{\{ ?\$(labels|value)/);
  });

  test('alerts link to their runbooks where somebody says where these are kept', async () => {
    for (const runbookBase of ['https://wiki.example/runbooks', 'https://wiki.example/runbooks/']) {
      const { groups } = (await alerts({ runbookBase })).spec;
      for (const { alert, annotations } of groups.flatMap(({ rules }) => rules)) {
        assert.equal(annotations.runbook_url, `https://wiki.example/runbooks/${alert}.md`);
      }
    }
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
