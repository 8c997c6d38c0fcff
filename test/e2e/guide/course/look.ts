/** What several parts of the course look at. */
import assert from 'node:assert/strict';
import type { Reader } from '../reader.ts';

export const jsonpath = ({ runs }: Reader, what: string, path: string): Promise<string> =>
  runs(`kubectl get ${what} -o jsonpath='${path}'`);

const uidOf = (reader: Reader, what: string): Promise<string> => jsonpath(reader, what, '{.metadata.uid}');

export const fingerprint = (reader: Reader, server = 'lab'): Promise<string> =>
  jsonpath(reader, `anwdl ${server}`, '{.status.publicKey.sha256}');

/** What the operator's container is given. */
export const operatorArgs = (reader: Reader): Promise<string> =>
  jsonpath(reader, 'deployment anweddol-operator -n anweddol-system', '{.spec.template.spec.containers[0].args}');

export interface Container {
  uuid: string;
  /** Of its machine. */
  name: string;
  uid: string;
}

/** What a client of the lab does. */
export async function newContainer(reader: Reader, options = ''): Promise<Container> {
  const said = await reader.eventually(() => reader.runs(`anwdl create HOST -o json ${options}`));
  const { container_uuid: uuid, container_listen_port: port } = JSON.parse(said);
  const name = `lab-${port}`;
  return { uuid, name, uid: await uidOf(reader, `vmi ${name}`) };
}

export async function isThere(reader: Reader, { name, uid }: Container): Promise<void> {
  assert.equal(await uidOf(reader, `vmi ${name}`), uid);
}

export async function isGone(reader: Reader, { uid, name, uuid }: Container): Promise<void> {
  await reader.eventually(async () => {
    const left = await reader.runs(
      `kubectl get vmi,secret,endpointslices -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.uid}{"\\n"}{end}'`,
    );
    assert.ok(!left.includes(uid), left);
    assert.ok(!left.includes(`${name}-${uuid.slice(0, 8)}`), left);
  });
}

/** Clients are answered. */
export const answers = (reader: Reader): Promise<string> => reader.eventually(() => reader.runs('anwdl stat HOST'));
