/** What the restricted standard asks for beyond the baseline. */
import { asArray, asObject, asString, isObject, type JsonObject } from '../../base/json.ts';
import { named } from './named.ts';
import { type Check, each } from './secured-container.ts';

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const PROFILES = ['RuntimeDefault', 'Localhost'];

const allowPrivilegeEscalation: Check = (_spec, containers) =>
  each(
    containers,
    ({ context }) => context.allowPrivilegeEscalation !== false,
    'allowPrivilegeEscalation != false',
    'must set securityContext.allowPrivilegeEscalation=false',
  );

const capabilities: Check = (_spec, containers) => {
  const list = (context: JsonObject, member: string) => asArray(asObject(context.capabilities)[member]).map(asString);
  const added = (context: JsonObject) => list(context, 'add').filter((one) => one !== 'NET_BIND_SERVICE');
  const keeping = containers.filter(({ context }) => !list(context, 'drop').includes('ALL'));
  const adding = containers.filter(({ context }) => added(context).length > 0);
  const names = [...new Set(adding.flatMap(({ context }) => added(context)))].sort();
  const problems = [
    ...(keeping.length > 0
      ? [`${named('container', keeping)} must set securityContext.capabilities.drop=["ALL"]`]
      : []),
    ...(adding.length > 0
      ? [
          `${named('container', adding)} must not include ${names.map((one) => JSON.stringify(one)).join(', ')} in securityContext.capabilities.add`,
        ]
      : []),
  ];
  return problems.length > 0 ? `unrestricted capabilities (${problems.join('; ')})` : undefined;
};

const volumeTypes: Check = (spec) => {
  const typeOf = (volume: JsonObject) =>
    Object.keys(volume).find((key) => key !== 'name' && isObject(volume[key])) ?? '';
  const bad = asArray(spec.volumes)
    .map(asObject)
    .filter((volume) => !VOLUMES.includes(typeOf(volume)));
  if (bad.length === 0) return undefined;
  const types = [...new Set(bad.map(typeOf))].sort();
  const who = named(
    'volume',
    bad.map(({ name }) => ({ name: asString(name) })),
  );
  const what = `restricted volume type${types.length === 1 ? '' : 's'} ${types.map((type) => JSON.stringify(type)).join(', ')}`;
  return `restricted volume types (${who} ${bad.length === 1 ? 'uses' : 'use'} ${what})`;
};

const runAsNonRoot: Check = (spec, containers) => {
  const ofPod = asObject(spec.securityContext).runAsNonRoot;
  const explicit = containers.filter(({ context }) => context.runAsNonRoot === false);
  const title = 'runAsNonRoot != true';
  const unset = ofPod === true ? [] : containers.filter(({ context }) => context.runAsNonRoot === undefined);
  if (ofPod === false && (unset.length > 0 || explicit.length > 0)) {
    const who = explicit.length > 0 ? `pod and ${named('container', explicit)}` : 'pod';
    return `${title} (${who} must not set securityContext.runAsNonRoot=false)`;
  }
  if (explicit.length > 0)
    return `${title} (${named('container', explicit)} must not set securityContext.runAsNonRoot=false)`;
  if (unset.length === 0) return undefined;
  return `${title} (pod or ${named('container', unset)} must set securityContext.runAsNonRoot=true)`;
};

const runAsUser: Check = (spec, containers) => {
  const bad = containers.filter(({ context }) => context.runAsUser === 0);
  const isPodBad = asObject(spec.securityContext).runAsUser === 0;
  const who = [...(isPodBad ? ['pod'] : []), ...(bad.length > 0 ? [named('container', bad)] : [])];
  return who.length > 0 ? `runAsUser=0 (${who.join(' and ')} must not set runAsUser=0)` : undefined;
};

const seccomp: Check = (spec, containers) => {
  const profile = (context: JsonObject) => asObject(context.seccompProfile).type;
  const ofPod = profile(asObject(spec.securityContext));
  const isBad = (type: unknown) => type !== undefined && !PROFILES.includes(String(type));
  const bad = containers.filter(({ context }) => isBad(profile(context)));
  const who = [...(isBad(ofPod) ? ['pod'] : []), ...(bad.length > 0 ? [named('container', bad)] : [])];
  if (who.length > 0) {
    const types = [ofPod, ...bad.map(({ context }) => profile(context))]
      .filter(isBad)
      .map((type) => JSON.stringify(type));
    return `seccompProfile (${who.join(' and ')} must not set securityContext.seccompProfile.type to ${[...new Set(types)].join(', ')})`;
  }
  const unset = ofPod === undefined ? containers.filter(({ context }) => profile(context) === undefined) : [];
  if (unset.length === 0) return undefined;
  const wanted = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  return `seccompProfile (pod or ${named('container', unset)} ${wanted})`;
};

export const RESTRICTED: readonly Check[] = [
  allowPrivilegeEscalation,
  capabilities,
  volumeTypes,
  runAsNonRoot,
  runAsUser,
  seccomp,
];
