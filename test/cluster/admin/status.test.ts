/** `anwdl status` of servers that nothing runs for, on each control plane. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AnweddolServer } from '../../../src/api/resources.ts';
import { CliError } from '../../../src/client/cli/errors.ts';
import { Secret } from '../../../src/kube/resources.ts';
import { MisbehavingProxy } from '../../support/misbehaving-proxy/proxy.ts';
import { PLANES } from '../../support/planes.ts';
import { suite } from '../../support/suite.ts';
import { runAdmin } from '../../unit/admin/run-admin.ts';
import { type AdminGround, adminGround, createServer, eventually, onlookerKubeconfig } from './ground.ts';

const PASSWORD = 'not-to-be-shown';

for (const plane of PLANES) {
  suite(`the status of a server on the ${plane.name}`, plane.skip, () => {
    let on: AdminGround;
    before(async () => {
      on = await adminGround(plane);
      await createServer(on, 'lab', { phase: 'Pending' });
    });
    after(() => on[Symbol.asyncDispose]());

    const status = (...args: string[]) =>
      runAdmin(['status', '-n', on.namespace, '--kubeconfig', on.controlPlane.kubeconfig(), ...args]);

    test('it is told as text and as JSON', async () => {
      const text = await status('lab');
      assert.deepEqual([text.code, text.stderr], [0, '']);
      assert.match(text.stdout, new RegExp(`^server {6}${on.namespace}/lab\nphase {7}Pending\n`));
      const json = await status('lab', '-o', 'json');
      const { name, namespace, pods, containers, events, hidden } = JSON.parse(json.stdout);
      assert.deepEqual(
        { name, namespace, pods, containers, events, hidden },
        {
          name: 'lab',
          namespace: on.namespace,
          pods: [],
          containers: [],
          events: [],
          hidden: [],
        },
      );
    });

    test('no Secret is asked for', async () => {
      const data = { password: Buffer.from(PASSWORD).toString('base64') };
      const metadata = { namespace: on.namespace, name: 'lab-key', labels: { 'anweddol.io/server': 'lab' } };
      await on.kube.create(Secret, { apiVersion: 'v1', kind: 'Secret', metadata, data });
      const proxy = await MisbehavingProxy.start(on.controlPlane);
      try {
        const kubeconfig = await onlookerKubeconfig(on, { url: proxy.url, caCertificate: '' });
        const args = ['status', 'lab', '-n', on.namespace, '--kubeconfig', kubeconfig];
        const run = await eventually(async () => {
          const seen = await runAdmin(args);
          return seen.code === 0 ? seen : undefined;
        });
        // Who may see servers alone is told what is hidden.
        assert.match(run.stdout, /Not seen: the pods: [\s\S]*Not seen: the containers: [\s\S]*Not seen: the Events: /);
        assert.ok(proxy.calls.length > 0);
        assert.deepEqual(
          proxy.calls.filter(({ path }) => path.includes('/secrets')),
          [],
        );
      } finally {
        await proxy.close();
      }
    });

    test('a server that is not there is named', async () => {
      assert.deepEqual(await status('none'), {
        code: 1,
        stdout: '',
        stderr: `anwdl: there is no AnweddolServer none in namespace ${on.namespace}\n`,
      });
    });

    test('watched, it is told again when it has changed, a line of JSON for each change, until it is interrupted', async () => {
      const interrupt = new AbortController();
      const lines: string[] = [];
      const change = (phase: string) =>
        on.kube.mergePatch(
          AnweddolServer,
          { namespace: on.namespace, name: 'lab' },
          { status: { phase } },
          { subresource: 'status' },
        );
      const onOutput = (text: string) => {
        lines.push(text);
        if (lines.length === 1) void change('Ready');
        else interrupt.abort(new CliError(130, 'interrupted'));
      };
      const args = ['status', 'lab', '--watch', '-o', 'json', '-n', on.namespace];
      const kubeconfig = on.controlPlane.kubeconfig();
      const run = await runAdmin([...args, '--kubeconfig', kubeconfig], {
        signal: interrupt.signal,
        onOutput: (text) => {
          if (text.startsWith('{')) onOutput(text);
        },
      });
      assert.equal(run.code, 130);
      assert.deepEqual(
        lines.map((line) => [line.split('\n').length, JSON.parse(line).phase]),
        [
          [2, 'Pending'],
          [2, 'Ready'],
        ],
      );
    });
  });
}
