/** Servers of other kinds and in other namespaces, beside the lab and after it. */
import assert from 'node:assert/strict';
import type { Step } from '../step.ts';
import { jsonpath, operatorArgs } from './look.ts';

const IN_LAB_A = `
apiVersion: anweddol.io/v1alpha1
kind: AnweddolServer
metadata: { name: small, namespace: lab-a }
spec:
  replicas: 1
  iso: { image: 'anweddol-container-iso:0.1.0' }
  listenPort: 6170
  service: { firstSshPort: 10100 }
`;

export const OTHERS: Step[] = [
  {
    at: 'networking.md: The way in (2)',
    async shows(reader, { stdout }) {
      assert.match(stdout, /\nbench +Ready +30150 /);
      const ports = await jsonpath(reader, 'service bench', '{range .spec.ports[*]}{.port}={.nodePort} {end}');
      for (const port of [30150, 30200, 30203]) assert.match(ports, new RegExp(`\\b${port}=${port}\\b`));
    },
  },
  {
    at: 'networking.md: The way in (3)',
    async shows(reader) {
      assert.equal(await jsonpath(reader, 'service bench', '{.spec.type}'), 'ClusterIP');
      const address = await jsonpath(reader, 'anwdl bench', '{.status.address.host}');
      assert.equal(address, await jsonpath(reader, 'service bench', '{.spec.clusterIP}'));
      await reader.runs('kubectl delete anwdl bench --cascade=foreground');
    },
  },
  {
    at: 'security.md: Rights',
    async shows(_, { stdout }) {
      assert.match(stdout, /virtualmachineinstances/);
    },
  },
  {
    at: 'install.md: For some namespaces only',
    given: ({ runs }) => runs('kubectl create namespace lab-a; kubectl create namespace lab-b'),
    async shows(reader) {
      assert.match(await operatorArgs(reader), /--namespaces=lab-a,lab-b/);
      await reader.runs('kubectl -n anweddol-system rollout status deployment/anweddol-operator');
    },
  },
  {
    at: 'security.md: What server pods may make',
    async shows(_, { stdout }) {
      assert.equal([...stdout.matchAll(/^validatingadmissionpolicy(binding)?\./gm)].length, 4, stdout);
    },
  },
  {
    at: 'security.md: Pod Security',
    async shows({ runs, eventually }) {
      await runs(`kubectl apply -f - <<'EOF'${IN_LAB_A}EOF`);
      await runs('kubectl -n lab-a wait anwdl/small --for=condition=Ready --timeout=2m');
      // Nobody looks at the lab any more, until the operator is one for the whole cluster again.
      await runs('kubectl apply -f deploy/operator');
      await runs('kubectl -n anweddol-system rollout status deployment/anweddol-operator');
      await runs('kubectl delete anwdl lab --cascade=foreground');
      await eventually(async () => assert.equal(await runs('kubectl get service lab -o name --ignore-not-found'), ''));
    },
  },
  {
    at: 'troubleshooting.md: What a deleted server leaves behind',
    /** As a server leaves it that was deleted with --cascade=orphan. */
    given: ({ runs }) =>
      runs(
        'kubectl create secret generic lab-key-7\n' +
          'kubectl label secret lab-key-7 app.kubernetes.io/managed-by=anweddol-operator anweddol.io/server=lab',
      ),
    async shows(_, { stdout }) {
      assert.match(stdout, /"lab-key-7" deleted/);
    },
  },
  {
    at: 'identity.md: Access tokens',
    given: ({ runs }) => runs('anwdl forget HOST'),
    async shows({ runs, tries, eventually }, { stdout }) {
      assert.match(stdout, /^container_uuid /m);
      await eventually(async () =>
        assert.match(await runs('kubectl get anwdltoken -o wide'), /\nalice +members +false .* False +alice-token /),
      );
      await eventually(async () =>
        assert.match((await tries('anwdl stat HOST --access-token alice.token')).stderr, /Invalid access token/),
      );
    },
  },
];
