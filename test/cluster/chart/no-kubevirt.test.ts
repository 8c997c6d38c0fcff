/** A cluster that has no KubeVirt: the chart installs, and the server's conditions say what is missing. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { AnweddolServer } from '../../../src/api/resources.ts';
import { serviceAccountToken } from '../../../src/embedded/cluster/service-account-token.ts';
import { kubeconfigText } from '../../../src/embedded/kubeconfig.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { Deployment } from '../../../src/kube/resources.ts';
import { watched } from '../../../src/kube/watched.ts';
import { runFolder } from '../../../src/main/demo/folders.ts';
import { helm } from '../../../src/main/demo/helm.ts';
import { readCommand } from '../../../src/main/operator/read-command.ts';
import { run } from '../../../src/main/operator/run.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { connectTo } from '../../support/connect-to.ts';
import { suite } from '../../support/suite.ts';
import { CHART, HELM_3, HELM_4 } from '../../unit/chart/helms.ts';
import { PLANES_WITHOUT_KUBEVIRT } from './planes-without-kubevirt.ts';

const OPERATOR = { namespace: 'anweddol-system', name: 'anweddol-operator' };
const PATIENCE_MS = 150_000;
const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });

const CASES = [
  { helm: HELM_3, plane: PLANES_WITHOUT_KUBEVIRT.inMemory },
  { helm: HELM_4, plane: PLANES_WITHOUT_KUBEVIRT.inMemory },
  { helm: HELM_4, plane: PLANES_WITHOUT_KUBEVIRT.real },
];

for (const {
  helm: { name, program, skip },
  plane,
} of CASES) {
  suite(`the chart by ${name} on the ${plane.name}`, plane.skip || skip, () => {
    test('it installs, and PlatformReady=False says what is missing', async () => {
      await using closing = new AsyncDisposableStack();
      const api = await plane.start();
      closing.defer(() => api.close());
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const folder = await runFolder(`no-kubevirt-${name.at(-1)}`);
      closing.defer(() => folder.remove());
      const transport = connectTo(api);
      closing.defer(() => transport.close());
      const admin = createKubeClient(transport);
      const kubeconfig = join(folder.path, 'kubeconfig');
      await writeFile(kubeconfig, api.kubeconfig(), { mode: 0o600 });
      const { namespace } = OPERATOR;
      const args = ['install', OPERATOR.name, CHART, '--namespace', namespace, '--create-namespace'];
      const printed = await helm({ helm: program, kubeconfig, folder: folder.path, signal }, args);
      assert.match(printed, /kubectl apply -n default -f - <</);

      // Nothing runs pods here: this process is the operator's pod, with its arguments and its account.
      const deployment = await admin.get(Deployment, OPERATOR);
      const [, ...told] = deployment?.spec?.template.spec?.containers[0]?.args ?? [];
      const command = readCommand([...told, '--metrics-address=0', '--health-address=0'], {});
      assert.ok(command.kind === 'run', JSON.stringify(command));
      const token = await serviceAccountToken(admin, OPERATOR, signal);
      const config = kubeconfigText({ ...api, name: 'operator', token, namespace });
      const stop = new AbortController();
      const running = run(command.options, loadKubeConfig({ kubeconfig: config }), log, stop.signal);
      closing.defer(async () => {
        stop.abort();
        await running;
      });
      const manifest = {
        apiVersion: 'anweddol.io/v1alpha1',
        kind: 'AnweddolServer',
        metadata: { name: 'lab', namespace: 'default' },
        spec: { iso: { image: 'registry.example/iso:1' } },
      };
      await admin.create(AnweddolServer, manifest as unknown as AnweddolServer);
      const servers = watched(admin, AnweddolServer, {}, { clock, log, signal: stop.signal });
      const lab = () => servers.get('default/lab');
      const said = await servers
        .waitFor(() => lab()?.status?.conditions?.find(({ type }) => type === 'PlatformReady'), signal)
        .catch(() => assert.fail(`nothing is said of the platform: ${JSON.stringify(lab() ?? 'no server')}`));
      assert.deepEqual([said.status, said.reason], ['False', 'KubeVirtAbsent']);
      assert.match(said.message, /KubeVirt/);
    });
  });
}
