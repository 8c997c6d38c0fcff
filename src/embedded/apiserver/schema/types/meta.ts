/** Types of metadata. Notation: see ../type-table.ts. */
export const META_TYPES = `
Condition: lastTransitionTime@4! time, message@6! string, observedGeneration@3 int64, reason@5! string,
  status@2! string, type@1! string
DeleteOptions: dryRun@5 []string, gracePeriodSeconds@1* int64, orphanDependents@3* bool,
  preconditions@2 Preconditions, propagationPolicy@4* string
FieldSelectorRequirement: key@1! string, operator@2! string, values@3 []string
LabelSelector (atomic): matchExpressions@2 []LabelSelectorRequirement, matchLabels@1 {}string
LabelSelectorRequirement: key@1! string, operator@2! string, values@3 []string
ManagedFieldsEntry: apiVersion@3 string, fieldsType@6 string, fieldsV1@7* any, manager@1 string, operation@2 string,
  subresource@8 string, time@4* time
ObjectMeta: annotations@12 {}string, creationTimestamp@8 time, deletionGracePeriodSeconds@10* int64,
  deletionTimestamp@9* time, finalizers@14 [set]string, generateName@2 string, generation@7 int64, labels@11 {}string,
  managedFields@17 []ManagedFieldsEntry, name@1 string, namespace@3 string, ownerReferences@13 [uid]OwnerReference,
  resourceVersion@6 string, selfLink@4 string, uid@5 string
OwnerReference (atomic): apiVersion@5! string, blockOwnerDeletion@7* bool, controller@6* bool, kind@1! string,
  name@3! string, uid@4! string
Preconditions: resourceVersion@2* string, uid@1* string
`;
