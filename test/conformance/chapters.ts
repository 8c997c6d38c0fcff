import type { Chapter } from './behaviour.ts';
import { creating } from './behaviours/creating.ts';
import { customResourceDefinitionRules } from './behaviours/custom-resource-definition-rules.ts';
import { customResourceDefinitions } from './behaviours/custom-resource-definitions.ts';
import { customResourceRules } from './behaviours/custom-resource-rules.ts';
import { customResourceValues } from './behaviours/custom-resource-values.ts';
import { deleting } from './behaviours/deleting.ts';
import { endpointSlices } from './behaviours/endpoint-slices.ts';
import { fieldValidation } from './behaviours/field-validation.ts';
import { garbage } from './behaviours/garbage.ts';
import { jsonPatch } from './behaviours/json-patch.ts';
import { listing } from './behaviours/listing.ts';
import { mergePatch } from './behaviours/merge-patch.ts';
import { namespaces } from './behaviours/namespaces.ts';
import { preconditions } from './behaviours/preconditions.ts';
import { secrets } from './behaviours/secrets.ts';
import { selecting } from './behaviours/selecting.ts';
import { serverSideApply } from './behaviours/server-side-apply.ts';
import { serverSideApplyLists } from './behaviours/server-side-apply-lists.ts';
import { serverSideApplyOwners } from './behaviours/server-side-apply-owners.ts';
import { services } from './behaviours/services.ts';
import { statusAndScale } from './behaviours/status-and-scale.ts';
import { strategicMergePatch } from './behaviours/strategic-merge-patch.ts';
import { updating } from './behaviours/updating.ts';
import { watchRefusals } from './behaviours/watch-refusals.ts';
import { watching } from './behaviours/watching.ts';

/** All that both API servers are held to. */
export const CHAPTERS: Chapter[] = [
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
  serverSideApply,
  serverSideApplyLists,
  serverSideApplyOwners,
  deleting,
  garbage,
  namespaces,
  services,
  endpointSlices,
  secrets,
  customResourceValues,
  customResourceRules,
  customResourceDefinitions,
  customResourceDefinitionRules,
];
