/** All is saved, lost and made again: clients and bearers of tokens see no difference. */
import assert from 'node:assert/strict';
import type { Reader } from '../reader.ts';
import type { Step } from '../step.ts';
import { fingerprint } from './look.ts';

const TOKEN_ASKED = /Access token is required/;
let known: string;

export const BACKUP: Step[] = [
  {
    at: 'backup.md: Save',
    /** Made by another tool and changed by patches: nothing of it stands in what `kubectl apply` remembers. */
    async given(reader) {
      await reader.runs('kubectl apply --server-side -f deploy/samples/access-token.yaml');
      await reader.runs('kubectl label anwdl lab course=autumn');
      await reader.runs(`kubectl patch anwdl lab --type merge -p '{"spec":{"accessTokens":{"required":true}}}'`);
      await reader.runs('kubectl wait anwdltoken/friend --for=condition=Ready --timeout=1m');
      await reader.runs(`kubectl get secret friend-token -o jsonpath='{.data.token}' | base64 -d > friend.token`);
      known = await fingerprint(reader);
      await bearersOnly(reader);
    },
    async shows({ runs }) {
      assert.match(await runs('grep -c ^kind: servers.yaml'), /^2$/m);
      assert.match(await runs('cat private.pem tls.key'), /PRIVATE KEY/);
      assert.match(await runs('cat hashes.txt'), /^friend [0-9a-f]{64}$/m);
    },
  },
  {
    at: 'backup.md: Restore',
    async given({ runs, eventually }) {
      await runs('kubectl delete anwdl,anwdltoken --all --cascade=foreground');
      await runs('kubectl delete secret old-server-key');
      await eventually(async () =>
        assert.equal(await runs('kubectl get secret friend-token lab-tls -o name --ignore-not-found'), ''),
      );
    },
    async shows(reader, { stdout }) {
      assert.equal(stdout.trim().split('\n').at(-1), known);
      await answersAsBefore(reader);
      await bearersOnly(reader);
      assert.match(await reader.runs('kubectl get anwdl -l course=autumn -o name'), /lab/);
      assert.equal(await reader.runs('kubectl get secret friend-token -o name --ignore-not-found'), '');
      const bits = await reader.runs(`kubectl get anwdl lab -o jsonpath='{.spec.containers.warm} {.spec.replicas}'`);
      assert.equal(bits, '2 1');
    },
  },
];

/** By key and by certificate, with what the client remembers of the server before. */
async function answersAsBefore(reader: Reader): Promise<void> {
  for (const how of ['', '--tls --tls-ca lab.pem']) {
    await reader.eventually(() => reader.runs(`anwdl stat HOST --access-token friend.token ${how}`));
  }
}

async function bearersOnly({ eventually, runs, tries }: Reader): Promise<void> {
  const said = await eventually(() => runs('anwdl create HOST -o json --access-token friend.token'));
  const { container_uuid: uuid, client_token: token } = JSON.parse(said);
  await eventually(async () => assert.match((await tries('anwdl stat HOST')).stderr, TOKEN_ASKED));
  await runs(`anwdl destroy HOST --uuid ${uuid} --token ${token} --access-token friend.token`);
}
