/** Types of the other groups. Notation: see ../type-table.ts. */
export const OTHER_TYPES = `
AggregationRule: clusterRoleSelectors@1 []LabelSelector
BoundObjectReference: apiVersion@2 string, kind@1 string, name@3 string, uid@4 string
ClusterRole: aggregationRule@3* AggregationRule, metadata@1 ObjectMeta, rules@2 []PolicyRule
ClusterRoleBinding: metadata@1 ObjectMeta, roleRef@3! RoleRef, subjects@2 []Subject
Deployment: metadata@1 ObjectMeta, spec@2 DeploymentSpec, status@3 DeploymentStatus
DeploymentCondition: lastTransitionTime@7 time, lastUpdateTime@6 time, message@5 string, reason@4 string,
  status@2! string, type@1! string
DeploymentSpec: minReadySeconds@5 int32, paused@7 bool, progressDeadlineSeconds@9* int32, replicas@1* int32,
  revisionHistoryLimit@6* int32, selector@2*! LabelSelector, strategy@4 DeploymentStrategy,
  template@3! PodTemplateSpec
DeploymentStatus: availableReplicas@4 int32, collisionCount@8* int32, conditions@6 [type]DeploymentCondition,
  observedGeneration@1 int64, readyReplicas@7 int32, replicas@2 int32, terminatingReplicas@9* int32,
  unavailableReplicas@5 int32, updatedReplicas@3 int32
DeploymentStrategy: rollingUpdate@2* RollingUpdateDeployment, type@1 string
Endpoint: addresses@1! [set|replace]string, conditions@2 EndpointConditions, deprecatedTopology@5 {}string,
  hints@8* EndpointHints, hostname@3* string, nodeName@6* string, targetRef@4* ObjectReference, zone@7* string
EndpointConditions: ready@1* bool, serving@2* bool, terminating@3* bool
EndpointHints: forNodes@2 []ForNode, forZones@1 []ForZone
EndpointSlice: addressType@4! string, endpoints@2 []Endpoint, metadata@1 ObjectMeta, ports@3 []SlicePort
EventsEvent: action@6 string, deprecatedCount@15 int32, deprecatedFirstTimestamp@13 time,
  deprecatedLastTimestamp@14 time, deprecatedSource@12 EventSource, eventTime@2! microtime, metadata@1 ObjectMeta,
  note@10 string, reason@7 string, regarding@8 ObjectReference, related@9* ObjectReference,
  reportingController@4 string, reportingInstance@5 string, series@3* EventsEventSeries, type@11 string
EventsEventSeries: count@1! int32, lastObservedTime@2! microtime
FieldSelectorAttributes: rawSelector@1 string, requirements@2 []FieldSelectorRequirement
ForNode: name@1! string
ForZone: name@1! string
IPBlock: cidr@1! string, except@2 []string
LabelSelectorAttributes: rawSelector@1 string, requirements@2 []LabelSelectorRequirement
Lease: metadata@1 ObjectMeta, spec@2 LeaseSpec
LeaseSpec: acquireTime@3* microtime, holderIdentity@1* string, leaseDurationSeconds@2* int32,
  leaseTransitions@5* int32, preferredHolder@7* string, renewTime@4* microtime, strategy@6* string
LocalSubjectAccessReview: metadata@1 ObjectMeta, spec@2! SubjectAccessReviewSpec, status@3 SubjectAccessReviewStatus
NetworkPolicy: metadata@1 ObjectMeta, spec@2 NetworkPolicySpec
NetworkPolicyEgressRule: ports@1 []NetworkPolicyPort, to@2 []NetworkPolicyPeer
NetworkPolicyIngressRule: from@2 []NetworkPolicyPeer, ports@1 []NetworkPolicyPort
NetworkPolicyPeer: ipBlock@3* IPBlock, namespaceSelector@2* LabelSelector, podSelector@1* LabelSelector
NetworkPolicyPort: endPort@3* int32, port@2* intstr, protocol@1* string
NetworkPolicySpec: egress@3 []NetworkPolicyEgressRule, ingress@2 []NetworkPolicyIngressRule,
  podSelector@1 LabelSelector, policyTypes@4 []string
NonResourceAttributes: path@1 string, verb@2 string
NonResourceRule: nonResourceURLs@2 []string, verbs@1! []string
PodDisruptionBudget: metadata@1 ObjectMeta, spec@2 PodDisruptionBudgetSpec, status@3 PodDisruptionBudgetStatus
PodDisruptionBudgetSpec: maxUnavailable@3* intstr, minAvailable@1* intstr, selector@2* LabelSelector,
  unhealthyPodEvictionPolicy@4* string
PodDisruptionBudgetStatus: conditions@7 [type]Condition, currentHealthy@4 int32, desiredHealthy@5 int32,
  disruptedPods@2 {}time, disruptionsAllowed@3 int32, expectedPods@6 int32, observedGeneration@1 int64
PolicyRule: apiGroups@2 []string, nonResourceURLs@5 []string, resourceNames@4 []string, resources@3 []string,
  verbs@1! []string
ReplicaSet: metadata@1 ObjectMeta, spec@2 ReplicaSetSpec, status@3 ReplicaSetStatus
ReplicaSetCondition: lastTransitionTime@3 time, message@5 string, reason@4 string, status@2! string, type@1! string
ReplicaSetSpec: minReadySeconds@4 int32, replicas@1* int32, selector@2*! LabelSelector, template@3 PodTemplateSpec
ReplicaSetStatus: availableReplicas@5 int32, conditions@6 [type]ReplicaSetCondition, fullyLabeledReplicas@2 int32,
  observedGeneration@3 int64, readyReplicas@4 int32, replicas@1! int32, terminatingReplicas@7* int32
ResourceAttributes: fieldSelector@8* FieldSelectorAttributes, group@3 string,
  labelSelector@9* LabelSelectorAttributes, name@7 string, namespace@1 string, resource@5 string,
  subresource@6 string, verb@2 string, version@4 string
ResourceRule: apiGroups@2 []string, resourceNames@4 []string, resources@3 []string, verbs@1! []string
Role: metadata@1 ObjectMeta, rules@2 []PolicyRule
RoleBinding: metadata@1 ObjectMeta, roleRef@3! RoleRef, subjects@2 []Subject
RoleRef (atomic): apiGroup@1 string, kind@2! string, name@3! string
RollingUpdateDeployment: maxSurge@2* intstr, maxUnavailable@1* intstr
Scale: metadata@1 ObjectMeta, spec@2 ScaleSpec, status@3 ScaleStatus
ScaleSpec: replicas@1 int32
ScaleStatus: replicas@1! int32, selector@2 string
SelfSubjectAccessReview: metadata@1 ObjectMeta, spec@2! SelfSubjectAccessReviewSpec,
  status@3 SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec: nonResourceAttributes@2* NonResourceAttributes, resourceAttributes@1* ResourceAttributes
SelfSubjectReview: metadata@1 ObjectMeta, status@2 SelfSubjectReviewStatus
SelfSubjectReviewStatus: userInfo@1 UserInfo
SelfSubjectRulesReview: metadata@1 ObjectMeta, spec@2! SelfSubjectRulesReviewSpec, status@3 SubjectRulesReviewStatus
SelfSubjectRulesReviewSpec: namespace@1 string
SlicePort (atomic): appProtocol@4* string, name@1* string, port@3* int32, protocol@2* string
Subject (atomic): apiGroup@2 string, kind@1! string, name@3! string, namespace@4 string
SubjectAccessReview: metadata@1 ObjectMeta, spec@2! SubjectAccessReviewSpec, status@3 SubjectAccessReviewStatus
SubjectAccessReviewSpec: extra@5 any, groups@4 []string, nonResourceAttributes@2* NonResourceAttributes,
  resourceAttributes@1* ResourceAttributes, uid@6 string, user@3 string
SubjectAccessReviewStatus: allowed@1! bool, denied@4 bool, evaluationError@3 string, reason@2 string
SubjectRulesReviewStatus: evaluationError@4 string, incomplete@3! bool, nonResourceRules@2! []NonResourceRule,
  resourceRules@1! []ResourceRule
TokenRequest: metadata@1 ObjectMeta, spec@2 TokenRequestSpec, status@3 TokenRequestStatus
TokenRequestSpec: audiences@1 []string, boundObjectRef@3* BoundObjectReference, expirationSeconds@4* int64
TokenRequestStatus: expirationTimestamp@2 time, token@1 string
TokenReview: metadata@1 ObjectMeta, spec@2! TokenReviewSpec, status@3 TokenReviewStatus
TokenReviewSpec: audiences@2 []string, token@1 string
TokenReviewStatus: audiences@4 []string, authenticated@1 bool, error@3 string, user@2 UserInfo
UserInfo: extra@4 any, groups@3 []string, uid@2 string, username@1 string
`;
