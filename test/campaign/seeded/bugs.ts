/** Bugs that the oracles must find, each a small change of the sources. */
export interface SeededBug {
  name: string;
  /** Below the project's folder. */
  file: string;
  /** Occurs once. */
  search: string;
  replace: string;
  /** What must fail with it, and pass without it. */
  plans: string[];
}

const CREATE_COLD = 'create-cold:';

export const BUGS: SeededBug[] = [
  {
    name: 'a machine is deleted by its name alone',
    file: 'src/virtualization/kubevirt/kubevirt-backend.ts',
    search: '{ uid: record.instanceId, propagation',
    replace: '{ propagation',
    plans: ['destroy:'],
  },
  {
    name: 'the way in stays while the machine ends',
    file: 'src/operator/desired/endpoint-slice.ts',
    search: ' && !deletionTimestamp;',
    replace: ';',
    plans: ['destroy-slowly:'],
  },
  {
    name: 'the way in is open before the machine is ready',
    file: 'src/operator/desired/endpoint-slice.ts',
    search: "labels?.[LABEL_STATE] === 'ready' && vmi.status?.phase",
    replace: 'vmi.status?.phase',
    plans: [CREATE_COLD],
  },
  {
    name: 'the status tells of an edit before it is done',
    file: 'src/operator/reconcile-server.ts',
    search: '  const isClosed = await applyDoors(',
    replace: `  await applyStatus(server, serverStatus(server, facts, clock.now()), context, signal);
  const isClosed = await applyDoors(`,
    plans: ['edit-containers.maxRunning:'],
  },
  {
    name: 'machines come before their network policy',
    file: 'src/operator/reconcile-server.ts',
    search: 'await steps.take(applyPolicies(server, context, signal).then(() => true))',
    replace: '(setTimeout(() => void applyPolicies(server, context, new AbortController().signal), 5_000), true)',
    plans: ['created-warm:'],
  },
  {
    name: 'credentials have no owner',
    file: 'src/virtualization/kubevirt/credentials-secret.ts',
    search: `      ],
    },
    type: SECRET_TYPE_CREDENTIALS,`,
    replace: `      ].slice(1),
    },
    type: SECRET_TYPE_CREDENTIALS,`,
    plans: [CREATE_COLD],
  },
  {
    name: 'a claim does not look whether the machine is still warm',
    file: 'src/virtualization/kubevirt/warm-claims.ts',
    search: "...changeState('warm', 'claimed')",
    replace: "...changeState('warm', 'claimed').slice(1)",
    plans: ['create-rush:'],
  },
  {
    name: 'what ran out while the operator was away is forgotten',
    file: 'src/operator/container-end.ts',
    search: '  return first.at <= now ?',
    replace: `  if (first.at < Date.now() - process.uptime() * 1_000) return { over: false, ...first, at: now + 600_000 };
  return first.at <= now ?`,
    plans: ['expiry:operator/delete/kubevirt.io/virtualmachineinstances/lab-*#1:before'],
  },
  {
    name: 'a revoked token stays in the list',
    file: 'src/operator/tokens/token-list.ts',
    search: '...(!data.enabled && { enabled: false }),',
    replace: '',
    plans: ['token-revoked:'],
  },
  {
    name: 'what no client has taken is kept',
    file: 'src/operator/container-end.ts',
    search: "...(state === 'ready' && !isDelivered",
    replace: "...(state === 'warm' && !isDelivered",
    plans: ['create-cold:client/committed#1:server-killed'],
  },
  {
    name: 'a password is logged',
    file: 'src/server/handlers/create.ts',
    search: 'const fields = { client: clientInstance.getID(), uuid,',
    replace: 'const fields = { client: clientInstance.getID(), uuid, text: credentials.password,',
    plans: [CREATE_COLD],
  },
];
