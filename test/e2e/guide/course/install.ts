/** By Helm with a first server, then by plain manifests in the place of the release. */
import assert from 'node:assert/strict';
import type { Step } from '../step.ts';
import { answers, type Container, isThere, newContainer, operatorArgs } from './look.ts';

let container: Container;

export const INSTALL: Step[] = [
  {
    at: 'README.md: Operations guide',
    async shows(reader, { stdout }) {
      assert.match(stdout, new RegExp(`NAME +PHASE +ADDRESS +PORT .*\\nlab +Ready +${reader.host} +6150 `));
      await answers(reader);
    },
  },
  {
    at: 'install.md: By plain manifests (2)',
    async given(reader) {
      container = await newContainer(reader);
      const refused = await reader.tries('kubectl apply -f deploy/operator --server-side --force-conflicts');
      assert.match(refused.stderr, /field is immutable/);
    },
    async shows(reader, { stdout }) {
      assert.match(stdout, /deployment.apps\/anweddol-operator created/);
      await isThere(reader, container);
      await answers(reader);
    },
  },
  {
    at: 'install.md: By plain manifests',
    async shows(reader, { stdout }) {
      assert.match(stdout, /deployment "anweddol-operator" successfully rolled out/);
      await isThere(reader, container);
      await reader.runs(`kubectl delete vmi ${container.name}`);
    },
  },
  {
    at: 'install.md: The networks of the cluster',
    async shows(reader) {
      const args = await operatorArgs(reader);
      assert.match(args, /--cluster-cidrs=10\.244\.0\.0\/16,10\.96\.0\.0\/12/);
      await reader.eventually(async () =>
        assert.match(await reader.runs('kubectl describe networkpolicy lab-containers'), /10\.96\.0\.0\/12/),
      );
      await reader.runs('kubectl apply -f deploy/operator');
      assert.doesNotMatch(await operatorArgs(reader), /cluster-cidrs/);
    },
  },
  {
    at: 'install.md: Is it well?',
    // The Lease has just changed hands.
    mayTakeAMoment: true,
    async shows(_, { stdout }) {
      assert.match(stdout, /0 failed/);
      assert.match(stdout, /6150/);
    },
  },
  {
    at: 'troubleshooting.md: Look',
    mayTakeAMoment: true,
    async shows(_, { stdout }) {
      assert.match(stdout, /NAMESPACE +NAME +PHASE [\s\S]*\ndefault +lab +Ready /);
      assert.match(stdout, /\nReady=True Ready: /);
      assert.match(stdout, /"msg":"serving clients"/);
    },
  },
];
