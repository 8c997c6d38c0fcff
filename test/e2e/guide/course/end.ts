/** Another version of the API, as the plan for one says; and the end of it all. */
import assert from 'node:assert/strict';
import type { Reader } from '../reader.ts';
import type { Step } from '../step.ts';

const KINDS = ['anweddolservers', 'anweddolaccesstokens'];

export const END: Step[] = [
  {
    at: 'upgrade.md: Versions of the API',
    async shows(_, { stdout }) {
      for (const kind of KINDS) assert.match(stdout, new RegExp(`^${kind}\\.anweddol\\.io \\["v1alpha1"\\]$`, 'm'));
    },
  },
  {
    at: 'upgrade.md: Versions of the API (2)',
    given: storesAnotherVersion,
    // The operator writes a status now and then: what was read is then not the latest any more.
    mayTakeAMoment: true,
    async shows({ runs }) {
      for (const kind of KINDS) {
        const stored = await runs(`kubectl get crd ${kind}.anweddol.io -o jsonpath='{.status.storedVersions}'`);
        assert.equal(stored, '["v1beta1"]');
      }
    },
  },
  {
    at: 'install.md: Remove',
    async shows({ runs, eventually }) {
      assert.doesNotMatch(await runs('kubectl api-resources -o name'), /anweddol/);
      await eventually(async () => {
        const left = await runs('kubectl get vmi,deployments,clusterroles,clusterrolebindings,namespaces -A -o name');
        assert.doesNotMatch(left, /lab-\d|members|anweddol-(operator|system)$/m);
      });
    },
  },
];

/** Steps 2 and 3 of the plan: both versions are served, with the same fields, and the later one is stored. */
async function storesAnotherVersion({ runs }: Reader): Promise<void> {
  for (const kind of KINDS) {
    const { spec } = JSON.parse(await runs(`kubectl get crd ${kind}.anweddol.io -o json`));
    const [first] = spec.versions;
    const versions = [
      { ...first, storage: false },
      { ...first, name: 'v1beta1' },
    ];
    await runs(`kubectl patch crd ${kind}.anweddol.io --type merge --patch-file /dev/stdin <<'EOF'
${JSON.stringify({ spec: { versions } })}
EOF`);
  }
}
