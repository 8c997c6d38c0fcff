/**
 * The checks of the pod security standards that look at what pods here use; those of AppArmor, SELinux, sysctls, procMount,
 * host probes and Windows are not among them.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
import { asArray, asObject, asString, isObject, type JsonObject } from '../../base/json.ts';
import { named } from './named.ts';
import { RESTRICTED } from './restricted.ts';
import { type Check, containersOf, each, type SecuredContainer } from './secured-container.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

const DEFAULT_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** What a pod does that its level does not allow, each in the words of the API server. */
export function violations(spec: JsonObject, level: Level): string[] {
  const containers = containersOf(spec);
  const run = (checks: readonly Check[]) => checks.flatMap((check) => check(spec, containers) ?? []);
  if (level === 'privileged') return [];
  if (level === 'baseline') return run([capabilities, hostNamespaces, hostPaths, hostPorts, privileged, seccomp]);
  // The restricted rules of capabilities, volumes and seccomp contain those of the baseline.
  return [...run([hostNamespaces, hostPorts, privileged]), ...run(RESTRICTED)];
}

const capabilities: Check = (_spec, containers) => {
  const added = (container: SecuredContainer) =>
    asArray(asObject(container.context.capabilities).add)
      .map(asString)
      .filter((one) => !DEFAULT_CAPABILITIES.includes(one));
  const bad = containers.filter((container) => added(container).length > 0);
  if (bad.length === 0) return undefined;
  const list = [...new Set(bad.flatMap(added))].sort().map((one) => JSON.stringify(one));
  return `non-default capabilities (${named('container', bad)} must not include ${list.join(', ')} in securityContext.capabilities.add)`;
};

const hostNamespaces: Check = (spec) => {
  const used = ['hostNetwork', 'hostPID', 'hostIPC'].filter((member) => spec[member] === true);
  return used.length > 0 ? `host namespaces (${used.map((member) => `${member}=true`).join(', ')})` : undefined;
};

const hostPaths: Check = (spec) => {
  const bad = asArray(spec.volumes)
    .map(asObject)
    .filter(({ hostPath }) => isObject(hostPath));
  return bad.length > 0
    ? `hostPath volumes (${named(
        'volume',
        bad.map(({ name }) => ({ name: asString(name) })),
      )})`
    : undefined;
};

const hostPorts: Check = (_spec, containers) => {
  const bad = containers.filter(({ hostPorts: ports }) => ports.length > 0);
  if (bad.length === 0) return undefined;
  const ports = [...new Set(bad.flatMap(({ hostPorts: list }) => list))].map(String).sort();
  return `hostPort (${named('container', bad)} ${bad.length === 1 ? 'uses' : 'use'} hostPort${ports.length === 1 ? '' : 's'} ${ports.join(', ')})`;
};

const privileged: Check = (_spec, containers) =>
  each(
    containers,
    ({ context }) => context.privileged === true,
    'privileged',
    'must not set securityContext.privileged=true',
  );

const seccomp: Check = (spec, containers) => {
  const isBad = (context: JsonObject) => asObject(context.seccompProfile).type === 'Unconfined';
  const bad = containers.filter(({ context }) => isBad(context));
  const who = [
    ...(isBad(asObject(spec.securityContext)) ? ['pod'] : []),
    ...(bad.length > 0 ? [named('container', bad)] : []),
  ];
  if (who.length === 0) return undefined;
  return `seccompProfile (${who.join(' and ')} must not set securityContext.seccompProfile.type to "Unconfined")`;
};
