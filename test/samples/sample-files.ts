/** The samples in deploy/samples: what they hold, and what the comment at their head promises. */
import { readdir, readFile } from 'node:fs/promises';
import { AnweddolAccessToken, AnweddolServer } from '../../src/api/resources.ts';
import type { KubeObject, Resource } from '../../src/kube/objects.ts';
import { Namespace, RoleBinding } from '../../src/kube/resources.ts';
import { manifestsOf } from '../../src/main/demo/manifests.ts';

const FOLDER = 'deploy/samples';

/** Every kind that a sample may hold. */
const SAMPLE_KINDS: Resource[] = [Namespace, RoleBinding, AnweddolServer, AnweddolAccessToken];

/** A condition that one object of a sample reaches. */
export interface Promised {
  kind: string;
  name: string;
  /** What must hold for it, such as `with CDI`; undefined where nothing is said. */
  where: string | undefined;
  type: string;
  status: string;
  reason: string;
}

export interface Sample {
  file: string;
  text: string;
  objects: KubeObject[];
  promises: Promised[];
}

const PROMISE = /^# Reaches (\w+)\/([a-z0-9-]+)(?:, ([^:]+))?: (\w+)=(True|False|Unknown) (\w+)$/;

export async function samples(): Promise<Sample[]> {
  const names = await readdir(new URL(`../../${FOLDER}/`, import.meta.url));
  return Promise.all(names.filter((name) => name.endsWith('.yaml')).map(sample));
}

export async function sample(file: string): Promise<Sample> {
  const text = await readFile(new URL(`../../${FOLDER}/${file}`, import.meta.url), 'utf8');
  const promises = header(text).flatMap((line): Promised[] => {
    const [, kind = '', name = '', where, type = '', status = '', reason = ''] = PROMISE.exec(line) ?? [];
    return kind ? [{ kind, name, where, type, status, reason }] : [];
  });
  return { file, text, objects: await manifestsOf(`${FOLDER}/${file}`), promises };
}

/** The comment lines before the first object. */
export function header(text: string): string[] {
  const lines = text.split('\n');
  return lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('#')),
  );
}

export function kindOf(object: KubeObject): Resource {
  const found = SAMPLE_KINDS.find(({ kind }) => kind === object.kind);
  if (!found) throw new Error(`no sample has held a ${object.kind} yet: name its resource in SAMPLE_KINDS`);
  return found;
}
