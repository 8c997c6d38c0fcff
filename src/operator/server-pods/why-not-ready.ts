/**
 * Why server pods are not ready, as their own status tells it; pure. What changes with each try of a kubelet, such as the
 * backoff or the words of a registry, is left out: the status of the server would be written at each of them.
 */
import type { AnweddolServer } from '../../api/resources.ts';
import type { Pod } from '../../kube/resources.ts';
import { PULL_FAILURES } from '../../virtualization/kubevirt/machine-state.ts';

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

interface PodHindrance {
  /** For people: what it is, and what helps. */
  text: string;
  /** Waiting does not help. */
  isTrouble: boolean;
}

/** Of different ones, so many are told. */
const MOST_TOLD = 3;
const LONGEST_QUOTE = 300;
/** What a kubelet says of a container that it can't make of what the pod asks for. */
const CREATION_FAILURES: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/** @param pods the server pods that there are; those that are ready, are over or go tell nothing */
export function whyNotReady(server: AnweddolServer, pods: readonly Pod[]): PodHindrance | undefined {
  const found = pods.filter(isAwaited).flatMap((pod) => hindranceOf(server, pod) ?? []);
  const isTrouble = found.some((one) => one.isTrouble);
  const texts = new Set(found.filter((one) => one.isTrouble === isTrouble).map(({ text }) => text));
  if (texts.size === 0) return undefined;
  return { isTrouble, text: [...texts].sort().slice(0, MOST_TOLD).join('; ') };
}

function isAwaited({ metadata, status }: Pod): boolean {
  const isReady = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  return !isReady && !metadata.deletionTimestamp && !['Succeeded', 'Failed'].includes(status?.phase ?? '');
}

function hindranceOf(server: AnweddolServer, pod: Pod): PodHindrance | undefined {
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled) {
    const why = quoted(unscheduled.message ?? unscheduled.reason ?? 'Unschedulable');
    const advice = 'free or add one, or mend pod.nodeSelector, pod.tolerations, pod.affinity or pod.resources';
    return trouble(`no node takes a pod (${why}): ${advice}`);
  }
  for (const status of [...initContainerStatuses, ...containerStatuses]) {
    const text = troubleOf(pod, status);
    if (text) return trouble(text);
  }
  const isBeingMade = containerStatuses.some(({ state }) => state?.waiting?.reason === 'ContainerCreating');
  const password = server.spec.containers.endpoint.passwordSecretRef;
  if (!isBeingMade || !password) return undefined;
  // Whether it is there only Events say, which nobody reads here.
  const { name, key } = password;
  const text = `a pod waits for what it mounts: Secret ${name} must have the key ${key} (containers.endpoint.passwordSecretRef)`;
  return { text, isTrouble: false };
}

function troubleOf(pod: Pod, { name, state, lastState, ready, restartCount }: ContainerStatus): string | undefined {
  const { reason = '', message = '' } = state?.waiting ?? {};
  const image = pod.spec?.containers.find((container) => container.name === name)?.image ?? `of container ${name}`;
  if (reason === 'InvalidImageName') return `"${quoted(image)}" is no name of an image: mend pod.image`;
  if (PULL_FAILURES.has(reason)) {
    return `image ${quoted(image)} can't be pulled: mend pod.image, pod.imagePullSecrets or the way to the registry`;
  }
  if (CREATION_FAILURES.has(reason)) return `container ${name} can't be made: ${quoted(message || reason)}`;
  const isAgain = state?.terminated || reason === 'CrashLoopBackOff' || (state?.running && restartCount > 0);
  // Between two tries it runs for a while: then, too, the last end is what is to be known.
  const end = ready || !isAgain ? undefined : (state?.terminated ?? lastState?.terminated);
  if (!end) return undefined;
  const { exitCode, reason: how } = end;
  if (how === 'OOMKilled') return `container ${name} needs more memory than it may have: raise pod.resources.limits`;
  const said = lastWords(end.message ?? '');
  return `container ${name} ends with exit code ${exitCode}${said && `, saying: ${said}`}: look at its log (kubectl logs --previous)`;
}

function trouble(text: string): PodHindrance {
  return { text, isTrouble: true };
}

/** The last line. Of a line of our own log, what it says: the time in it is another one each time. */
function lastWords(message: string): string {
  const line = message.trimEnd().split('\n').at(-1) ?? '';
  const said = /"msg":("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
  return quoted(said ? String(JSON.parse(said)) : line);
}

/** On one line, and without what names one try only: the pod, and the identifiers that a runtime gives. */
function quoted(text: string): string {
  return text
    .replaceAll(/\s*\(pod: [^)]*\([^)]*\)[^)]*\)/g, '')
    .replaceAll(/\b[0-9a-f]{32,}\b/g, '…')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_QUOTE);
}
