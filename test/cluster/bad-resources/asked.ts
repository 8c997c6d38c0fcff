/** API servers that are asked what they say to a resource, without storing it. */
import { randomBytes } from 'node:crypto';
import { DEFINITIONS as MAKERS } from '../../../src/api/crd/definitions.ts';
import { API_VERSION } from '../../../src/api/names.ts';
import { type Answer, ApiCaller } from '../../conformance/api-caller.ts';
import { DEFINITIONS } from '../../conformance/custom-resource.ts';
import type { Plane } from '../../support/planes.ts';
import { type Change, type Kind, specOf } from './row.ts';

const KINDS: Record<Kind, { plural: string; kind: string }> = {
  server: { plural: 'anweddolservers', kind: 'AnweddolServer' },
  token: { plural: 'anweddolaccesstokens', kind: 'AnweddolAccessToken' },
};
const PATIENCE_MS = 30_000;

export interface Asked extends AsyncDisposable {
  name: string;
  /** A dry run. With `before`, of a change of a resource that has been stored so. */
  ask(kind: Kind, change: Change, before?: Change): Promise<Answer>;
  /** Any object of the kind, as it is. */
  askWith(kind: Kind, object: object): Promise<Answer>;
}

/** Our definitions under a group of their own, so that nobody else's operator is in the way. */
export async function ask(plane: Plane): Promise<Asked> {
  const controlPlane = await plane.start();
  const caller = new ApiCaller(controlPlane, controlPlane.adminToken);
  const unique = `bad-${randomBytes(4).toString('hex')}`;
  const group = `${unique}.example.com`;
  const made: string[] = [];
  for (const make of MAKERS) {
    const definition = make();
    const name = `${definition.spec.names.plural}.${group}`;
    const ours = { ...definition, metadata: { name }, spec: { ...definition.spec, group } };
    await expectCode(201, caller.post(`${DEFINITIONS}?fieldValidation=Strict`, ours));
    made.push(`${DEFINITIONS}/${name}`);
  }
  await expectCode(201, caller.post('/api/v1/namespaces', { metadata: { name: unique } }));
  const path = (kind: Kind) => `/apis/${group}/${API_VERSION}/namespaces/${unique}/${KINDS[kind].plural}`;
  const object = (kind: Kind, name: string, spec: object) => ({
    apiVersion: `${group}/${API_VERSION}`,
    kind: KINDS[kind].kind,
    metadata: { name },
    spec,
  });
  for (const kind of ['server', 'token'] as const)
    await served(caller, path(kind), object(kind, 'probe', specOf(kind)));
  const askWith = (kind: Kind, given: object) => caller.post(`${path(kind)}?dryRun=All&fieldValidation=Strict`, given);
  let count = 0;
  return {
    name: plane.name,
    askWith: (kind, given) => askWith(kind, { ...object(kind, 'probe', {}), ...given }),
    async ask(kind, change, before) {
      if (!before) return askWith(kind, object(kind, 'asked', specOf(kind, change)));
      const name = `stored-${++count}`;
      const stored = await expectCode(201, caller.post(path(kind), object(kind, name, specOf(kind, before))));
      const { resourceVersion } = stored.body.metadata;
      const changed = object(kind, name, specOf(kind, change));
      return caller.put(`${path(kind)}/${name}?dryRun=All&fieldValidation=Strict`, {
        ...changed,
        metadata: { name, resourceVersion },
      });
    },
    async [Symbol.asyncDispose]() {
      for (const each of made) await caller.delete(each);
      await caller.delete(`/api/v1/namespaces/${unique}`);
      await caller.close();
      await controlPlane.close();
    },
  };
}

/** A new kind is served a moment after it was defined. */
async function served(caller: ApiCaller, path: string, probe: object): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const { code, body } = await caller.post(`${path}?dryRun=All`, probe);
    if (code === 201) return;
    if (performance.now() > until) throw new Error(`${path} is not served: ${JSON.stringify(body)}`);
  }
}

async function expectCode(code: number, answering: Promise<Answer>): Promise<Answer> {
  const answer = await answering;
  if (answer.code !== code) throw new Error(`the API server answered ${answer.code}: ${JSON.stringify(answer.body)}`);
  return answer;
}
