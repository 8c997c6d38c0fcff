/** The operators that there are, and what can be seen of them. */
import { LABEL_NAME } from '../../../api/names.ts';
import type { KubeClient } from '../../../kube/client.ts';
import { listAll } from '../../../kube/list-all.ts';
import { Deployment, Lease, Pod } from '../../../kube/resources.ts';
import { type Answer, ask } from '../../cluster/answer.ts';
import { inTurns } from '../../cluster/in-turns.ts';
import { mayAccount } from '../../rights/may.ts';
import { type NeededRight, neededRights } from '../../rights/needed-rights.ts';
import type { OperatorFacts } from '../facts.ts';
import { type OperatorSettings, operatorSettings, runsOperator } from '../operator-settings.ts';

const NAME = 'anweddol-operator';
const USUAL_NAMESPACE = 'anweddol-system';
const AT_ONCE = 8;

/** @param namespace that is asked about: who may look nowhere else may find an operator in it */
export async function readOperators(
  kube: KubeClient,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Answer<OperatorFacts[]>> {
  const found = await findDeployments(kube, namespace, signal);
  if (found.is !== 'known') return found;
  return { is: 'known', value: await inTurns(found.value, 2, (deployment) => readOperator(kube, deployment, signal)) };
}

async function findDeployments(
  kube: KubeClient,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Answer<Deployment[]>> {
  const within = (place: string | undefined) => ask(() => deploymentsIn(kube, place, signal));
  const everywhere = await within(undefined);
  if (everywhere.is !== 'hidden') return everywhere;
  const places = [USUAL_NAMESPACE, ...(namespace === undefined ? [] : [namespace])];
  const answers = await Promise.all(places.map(within));
  const seen = answers.flatMap((answer) => (answer.is === 'known' ? answer.value : []));
  // Nothing in the places that may be looked at says nothing about the others.
  return seen.length > 0 ? { is: 'known', value: seen } : everywhere;
}

/** By the label of the manifests; where no Deployment has it, by what one runs, since a chart may name it otherwise. */
async function deploymentsIn(
  kube: KubeClient,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Deployment[]> {
  const labelSelector = `${LABEL_NAME}=${NAME}`;
  const named = await listAll(kube, Deployment, { namespace, labelSelector }, { signal });
  if (named.items.length > 0) return named.items;
  return (await listAll(kube, Deployment, { namespace }, { signal, pageSize: 500 })).items.filter(runsOperator);
}

async function readOperator(kube: KubeClient, deployment: Deployment, signal: AbortSignal): Promise<OperatorFacts> {
  const settings = operatorSettings(deployment);
  const { namespace } = deployment.metadata;
  const labels = Object.entries(deployment.spec?.selector?.matchLabels ?? {});
  const labelSelector = labels.map(([key, value]) => `${key}=${value}`).join(',');
  const { lease: name } = settings;
  const [pods, lease, rights] = await Promise.all([
    ask(async () => (await kube.list(Pod, { namespace, labelSelector }, { signal })).items),
    name && ask(() => kube.get(Lease, name, { signal })),
    readRights(kube, settings, signal),
  ]);
  return { deployment, settings, pods, rights, ...(lease && { lease }) };
}

async function readRights(
  kube: KubeClient,
  settings: OperatorSettings,
  signal: AbortSignal,
): Promise<OperatorFacts['rights']> {
  const [first, ...rest] = neededRights(settings);
  const isGiven = ({ attributes }: NeededRight) => mayAccount(kube, settings.account, attributes, signal);
  return ask(async () => {
    if (!first) return { needed: 0, missing: [] };
    // Who may not ask is told so once.
    const given = [await isGiven(first), ...(await inTurns(rest, AT_ONCE, isGiven))];
    return { needed: given.length, missing: [first, ...rest].filter((_, index) => !given[index]) };
  });
}
