/** Whether an operator is there, runs, leads, and may do what it has to. */
import { keyOf } from '../../../kube/objects.ts';
import type { Pod } from '../../../kube/resources.ts';
import { valueOr } from '../../cluster/answer.ts';
import { rightsText } from '../../rights/needed-rights.ts';
import type { ClusterFacts, OperatorFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { servesNamespace } from '../operator-settings.ts';
import { judge, names } from '../unless-known.ts';
import { leaseFinding } from './lease.ts';

const INSTALL =
  'Install it: kubectl apply -f crds -f deploy/operator, with the name of your image in it, or the Helm chart.';

export function operators({ operators, namespace, now }: ClusterFacts): Finding[] {
  return judge(operators, { check: 'operator-deployment', what: "the operator's Deployment" }, (all) => {
    const serving = all.filter(({ settings }) => namespace === undefined || servesNamespace(settings, namespace));
    if (serving.length > 0) return serving.flatMap((operator) => ofOperator(operator, now));
    const found =
      all.length === 0 ? 'There is no operator: no Deployment runs one.' : `No operator serves namespace ${namespace}.`;
    const remedy = all.length === 0 ? INSTALL : 'Add the namespace to --namespaces of one of them.';
    return [{ check: 'operator-deployment', result: 'failed', found, remedy }];
  });
}

function ofOperator(operator: OperatorFacts, now: number): Finding[] {
  const about = keyOf(operator.deployment.metadata);
  return [
    { about, ...deploymentFinding(operator) },
    { about, ...imageFinding(operator) },
    ...(operator.lease
      ? judge(operator.lease, leaseQuestion(about), (lease) => [leaseFinding(about, lease, now)])
      : []),
    ...judge(operator.rights, { check: 'operator-rights', what: 'what the operator may do', about }, (rights) =>
      rightsFindings(rights).map((finding) => ({ about, ...finding })),
    ),
  ];
}

const leaseQuestion = (about: string) => ({ check: 'operator-lease', what: "the operator's Lease", about }) as const;

function deploymentFinding({ deployment, settings }: OperatorFacts): Finding {
  const check = 'operator-deployment';
  const { replicas: wanted = 1 } = deployment.spec ?? {};
  const { readyReplicas: ready = 0, updatedReplicas: updated = 0 } = deployment.status ?? {};
  const { namespace, name } = deployment.metadata;
  const look = `Look at its pods and their log: kubectl -n ${namespace} describe deployment ${name}`;
  const counted = `${ready} of ${wanted} pods are ready`;
  if (wanted === 0) {
    const remedy = `kubectl -n ${namespace} scale deployment ${name} --replicas=1`;
    return { check, result: 'failed', found: 'It is scaled to 0.', remedy };
  }
  if (ready === 0) return { check, result: 'failed', found: `${counted}.`, remedy: look };
  if (ready < wanted || updated < wanted) {
    return { check, result: 'warning', found: `${counted}, ${updated} of them as wanted.`, remedy: look };
  }
  const where = settings.namespaces.length > 0 ? `namespaces ${settings.namespaces.join(', ')}` : 'all namespaces';
  const file = settings.hasFile ? '; its configuration file may say something else' : '';
  return { check, result: 'ok', found: `${counted}; it serves ${where}${file}.` };
}

function imageFinding({ pods, settings }: OperatorFacts): Finding {
  const check = 'operator-image';
  const images = [...new Set(valueOr(pods, []).filter(isAlive).flatMap(imageOf))];
  if (images.length <= 1) return { check, result: 'ok', found: `Its image is ${images[0] ?? settings.image}.` };
  return {
    check,
    result: 'warning',
    found: `Its pods have different images: ${names(images)}.`,
    remedy: 'Wait until the rollout has ended; if it does not, look at the pods that do not become ready.',
  };
}

function isAlive({ metadata, status }: Pod): boolean {
  return !metadata.deletionTimestamp && status?.phase !== 'Failed' && status?.phase !== 'Succeeded';
}

function imageOf({ spec }: Pod): string[] {
  const containers = spec?.containers ?? [];
  const { image } = containers.find(({ name }) => name === 'operator') ?? containers[0] ?? {};
  return image ? [image] : [];
}

type Rights = Extract<OperatorFacts['rights'], { is: 'known' }>['value'];

/** What it can't do without is one thing; what only some clusters or servers ask of it is told apart, by what it is for. */
function rightsFindings({ needed, missing }: Rights): Finding[] {
  const check = 'operator-rights';
  if (missing.length === 0) return [{ check, result: 'ok', found: `It has the ${needed} rights that it needs.` }];
  const remedy = 'Apply deploy/operator of its release again, or add what is missing to its Role.';
  return [...new Set(missing.map(({ onlyFor }) => onlyFor))].map((use) => {
    const rights = rightsText(missing.filter(({ onlyFor }) => onlyFor === use));
    return use === undefined
      ? { check, result: 'failed', found: `It may not ${rights}.`, remedy }
      : { check, result: 'warning', found: `For ${use} it may not ${rights}.`, remedy };
  });
}
