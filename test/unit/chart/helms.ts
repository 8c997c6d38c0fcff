import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../../src/kube/objects.ts';

export interface Helm {
  name: string;
  /** Its program; empty where there is none. */
  program: string;
  /** Why it can't be had here. */
  skip: string | false;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const CHART = fileURLToPath(new URL('../../../charts/anweddol-operator', import.meta.url));

export const HELM_3 = found('helm 3', process.env.HELM3);
export const HELM_4 = found('helm 4', process.env.HELM);
/** The releases that the chart is for. */
export const HELMS: Helm[] = [HELM_3, HELM_4];

function found(name: string, program = ''): Helm {
  return { name, program, skip: program ? false : `no ${name}: see the start of this run` };
}

export interface Rendering {
  release?: string;
  namespace?: string;
  /** Kinds that the cluster is said to have, such as `anweddol.io/v1alpha1/AnweddolServer`. */
  apis?: string[];
}

/** What `helm template` makes of values. @throws Error with what it printed, when it refuses them */
export async function render(helm: Helm, values: object = {}, rendering: Rendering = {}): Promise<KubeObject[]> {
  const { release = 'anweddol-operator', namespace = 'anweddol-system', apis = [] } = rendering;
  const known = apis.flatMap((api) => ['--api-versions', api]);
  const args = ['template', release, CHART, '--namespace', namespace, '--values', '-', ...known];
  const printed = await run(helm.program, args, JSON.stringify(values));
  return parseAllDocuments(printed)
    .map((document): KubeObject | null => document.toJS())
    .filter((object) => object !== null);
}

async function run(program: string, args: string[], input: string): Promise<string> {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  const [code, printed, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(errors.trim());
  return printed;
}

/** The one object of a kind, and of a name where there are several. */
export function only<T extends KubeObject = KubeObject>(objects: KubeObject[], kind: string, name?: string): T {
  const those = objects.filter(
    (object) => object.kind === kind && (name ?? object.metadata.name) === object.metadata.name,
  );
  if (those.length !== 1) throw new Error(`${those.length} of ${kind} ${name ?? ''}: ${named(objects).join(', ')}`);
  return those[0] as T;
}

/** Such as `Service anweddol-operator-metrics`. */
export function named(objects: KubeObject[]): string[] {
  return objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted();
}
