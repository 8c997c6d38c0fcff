import type { Chapter } from './behaviour.ts';
import { access } from './behaviours/access.ts';
import { admissionPolicies } from './behaviours/admission-policies.ts';
import { answers } from './behaviours/answers.ts';
import { anweddolServer } from './behaviours/anweddol-server.ts';
import { compacting } from './behaviours/compacting.ts';
import { creating } from './behaviours/creating.ts';
import { customResourceDefinitionRules } from './behaviours/custom-resource-definition-rules.ts';
import { customResourceDefinitions } from './behaviours/custom-resource-definitions.ts';
import { customResourceRules } from './behaviours/custom-resource-rules.ts';
import { customResourceSchemas } from './behaviours/custom-resource-schemas.ts';
import { customResourceValues } from './behaviours/custom-resource-values.ts';
import { deleting } from './behaviours/deleting.ts';
import { deployments } from './behaviours/deployments.ts';
import { discovering } from './behaviours/discovering.ts';
import { endpointSlices } from './behaviours/endpoint-slices.ts';
import { events } from './behaviours/events.ts';
import { fieldValidation } from './behaviours/field-validation.ts';
import { garbage } from './behaviours/garbage.ts';
import { jsonPatch } from './behaviours/json-patch.ts';
import { leases } from './behaviours/leases.ts';
import { listing } from './behaviours/listing.ts';
import { machineChanges } from './behaviours/machine-changes.ts';
import { machineDefaults } from './behaviours/machine-defaults.ts';
import { machineEnd } from './behaviours/machine-end.ts';
import { machineLauncher } from './behaviours/machine-launcher.ts';
import { machineLife } from './behaviours/machine-life.ts';
import { machineRefusedDisks } from './behaviours/machine-refused-disks.ts';
import { machineRefusedNetworks } from './behaviours/machine-refused-networks.ts';
import { machineRefusedSettings } from './behaviours/machine-refused-settings.ts';
import { machineRelations } from './behaviours/machine-relations.ts';
import { machineUnreadable } from './behaviours/machine-unreadable.ts';
import { mergePatch } from './behaviours/merge-patch.ts';
import { namespaces } from './behaviours/namespaces.ts';
import { openapi } from './behaviours/openapi.ts';
import { podLives } from './behaviours/pod-lives.ts';
import { podRules } from './behaviours/pod-rules.ts';
import { podSecurity } from './behaviours/pod-security.ts';
import { pods } from './behaviours/pods.ts';
import { policies } from './behaviours/policies.ts';
import { preconditions } from './behaviours/preconditions.ts';
import { refusing } from './behaviours/refusing.ts';
import { reviews } from './behaviours/reviews.ts';
import { secrets } from './behaviours/secrets.ts';
import { selecting } from './behaviours/selecting.ts';
import { serverSideApply } from './behaviours/server-side-apply.ts';
import { serverSideApplyLists } from './behaviours/server-side-apply-lists.ts';
import { serverSideApplyOwners } from './behaviours/server-side-apply-owners.ts';
import { serviceEndpoints } from './behaviours/service-endpoints.ts';
import { services } from './behaviours/services.ts';
import { statusAndScale } from './behaviours/status-and-scale.ts';
import { strategicMergePatch } from './behaviours/strategic-merge-patch.ts';
import { tokens } from './behaviours/tokens.ts';
import { updating } from './behaviours/updating.ts';
import { watchRefusals } from './behaviours/watch-refusals.ts';
import { watching } from './behaviours/watching.ts';

/** All that both API servers are held to. */
export const CHAPTERS: Chapter[] = [
  // First: later, the real namespace controller is busy with the namespaces that the behaviours leave behind.
  namespaces,
  creating,
  updating,
  preconditions,
  statusAndScale,
  jsonPatch,
  mergePatch,
  strategicMergePatch,
  fieldValidation,
  listing,
  selecting,
  watching,
  watchRefusals,
  compacting,
  serverSideApply,
  serverSideApplyLists,
  serverSideApplyOwners,
  deleting,
  garbage,
  services,
  endpointSlices,
  secrets,
  customResourceValues,
  customResourceRules,
  customResourceDefinitions,
  customResourceSchemas,
  customResourceDefinitionRules,
  anweddolServer,
  admissionPolicies,
  leases,
  events,
  pods,
  podRules,
  podLives,
  machineDefaults,
  machineRefusedDisks,
  machineRefusedNetworks,
  machineRefusedSettings,
  machineUnreadable,
  policies,
  deployments,
  serviceEndpoints,
  podSecurity,
  machineLauncher,
  machineLife,
  machineEnd,
  machineChanges,
  machineRelations,
  tokens,
  access,
  reviews,
  discovering,
  openapi,
  answers,
  refusing,
];
