/** The other types of the core group. Notation: see ../type-table.ts. */
export const CORE_TYPES = `
AttachedVolume: devicePath@2! string, name@1! string
Binding: metadata@1 ObjectMeta, target@2! ObjectReference
ClientIPConfig: timeoutSeconds@1* int32
ConfigMap: binaryData@3 {}bytes, data@2 {}string, immutable@4* bool, metadata@1 ObjectMeta
ConfigMapNodeConfigSource: kubeletConfigKey@5! string, name@2! string, namespace@1! string, resourceVersion@4 string,
  uid@3 string
ContainerExtendedResourceRequest: containerName@1! string, requestName@3! string, resourceName@2! string
ContainerImage: names@1 []string, sizeBytes@2 int64
ContainerState: running@2* ContainerStateRunning, terminated@3* ContainerStateTerminated,
  waiting@1* ContainerStateWaiting
ContainerStateRunning: startedAt@1 time
ContainerStateTerminated: containerID@7 string, exitCode@1! int32, finishedAt@6 time, message@4 string,
  reason@3 string, signal@2 int32, startedAt@5 time
ContainerStateWaiting: message@2 string, reason@1 string
ContainerStatus: allocatedResources@10 {}quantity, allocatedResourcesStatus@14 [name]ResourceStatus,
  containerID@8 string, image@6! string, imageID@7! string, lastState@3 ContainerState, name@1! string, ready@4! bool,
  resources@11* ResourceRequirements, restartCount@5! int32, started@9* bool, state@2 ContainerState,
  stopSignal@15* string, user@13* ContainerUser, volumeMounts@12 [mountPath]VolumeMountStatus
ContainerUser: linux@1* LinuxContainerUser
DaemonEndpoint: Port@1! int32
EndpointAddress (atomic): hostname@3 string, ip@1! string, nodeName@4* string, targetRef@2* ObjectReference
EndpointPort (atomic): appProtocol@4* string, name@1 string, port@2! int32, protocol@3 string
EndpointSubset: addresses@1 []EndpointAddress, notReadyAddresses@2 []EndpointAddress, ports@3 []EndpointPort
Endpoints: metadata@1 ObjectMeta, subsets@2 []EndpointSubset
Event: action@12 string, count@8 int32, eventTime@10 microtime, firstTimestamp@6 time,
  involvedObject@2! ObjectReference, lastTimestamp@7 time, message@4 string, metadata@1! ObjectMeta, reason@3 string,
  related@13* ObjectReference, reportingComponent@14 string, reportingInstance@15 string, series@11* EventSeries,
  source@5 EventSource, type@9 string
EventSeries: count@1 int32, lastObservedTime@2 microtime
EventSource: component@1 string, host@2 string
HostIP: ip@1! string
ImageVolumeStatus: imageRef@1! string
LinuxContainerUser: gid@2! int64, supplementalGroups@3 []int64, uid@1! int64
LoadBalancerIngress: hostname@2 string, ip@1 string, ipMode@3* string, ports@4 []PortStatus
LoadBalancerStatus: ingress@1 []LoadBalancerIngress
ModifyVolumeStatus: status@2! string, targetVolumeAttributesClassName@1 string
Namespace: metadata@1 ObjectMeta, spec@2 NamespaceSpec, status@3 NamespaceStatus
NamespaceCondition: lastTransitionTime@4 time, message@6 string, reason@5 string, status@2! string, type@1! string
NamespaceSpec: finalizers@1 []string
NamespaceStatus: conditions@2 [type]NamespaceCondition, phase@1 string
Node: metadata@1 ObjectMeta, spec@2 NodeSpec, status@3 NodeStatus
NodeAddress: address@2! string, type@1! string
NodeAllocatableResourceClaimStatus: containers@2 [set|replace]string, resourceClaimName@1! string,
  resources@3! {}quantity
NodeCondition: lastHeartbeatTime@3 time, lastTransitionTime@4 time, message@6 string, reason@5 string,
  status@2! string, type@1! string
NodeConfigSource: configMap@2* ConfigMapNodeConfigSource
NodeConfigStatus: active@2* NodeConfigSource, assigned@1* NodeConfigSource, error@4 string,
  lastKnownGood@3* NodeConfigSource
NodeDaemonEndpoints: kubeletEndpoint@1 DaemonEndpoint
NodeFeatures: supplementalGroupsPolicy@1* bool
NodeRuntimeHandler: features@2* NodeRuntimeHandlerFeatures, name@1 string
NodeRuntimeHandlerFeatures: recursiveReadOnlyMounts@1* bool, userNamespaces@2* bool
NodeSpec: configSource@6* NodeConfigSource, externalID@2 string, podCIDR@1 string, podCIDRs@7 [set]string,
  providerID@3 string, taints@5 []Taint, unschedulable@4 bool
NodeStatus: addresses@5 [type]NodeAddress, allocatable@2 {}quantity, capacity@1 {}quantity,
  conditions@4 [type]NodeCondition, config@11* NodeConfigStatus, daemonEndpoints@6 NodeDaemonEndpoints,
  declaredFeatures@14 []string, features@13* NodeFeatures, images@8 []ContainerImage, nodeInfo@7 NodeSystemInfo,
  phase@3 string, runtimeHandlers@12 []NodeRuntimeHandler, volumesAttached@10 []AttachedVolume,
  volumesInUse@9 []string
NodeSwapStatus: capacity@1* int64
NodeSystemInfo: architecture@10! string, bootID@3! string, containerRuntimeVersion@6! string, kernelVersion@4! string,
  kubeProxyVersion@8! string, kubeletVersion@7! string, machineID@1! string, operatingSystem@9! string,
  osImage@5! string, swap@11* NodeSwapStatus, systemUUID@2! string
ObjectReference (atomic): apiVersion@5 string, fieldPath@7 string, kind@1 string, name@3 string, namespace@2 string,
  resourceVersion@6 string, uid@4 string
PersistentVolumeClaim: metadata@1 ObjectMeta, spec@2 PersistentVolumeClaimSpec, status@3 PersistentVolumeClaimStatus
PersistentVolumeClaimCondition: lastProbeTime@3 time, lastTransitionTime@4 time, message@6 string, reason@5 string,
  status@2! string, type@1! string
PersistentVolumeClaimStatus: accessModes@2 []string, allocatedResourceStatuses@7 {}string,
  allocatedResources@5 {}quantity, capacity@3 {}quantity, conditions@4 [type]PersistentVolumeClaimCondition,
  currentVolumeAttributesClassName@8* string, modifyVolumeStatus@9* ModifyVolumeStatus, phase@1 string
Pod: metadata@1 ObjectMeta, spec@2 PodSpec, status@3 PodStatus
PodCondition: lastProbeTime@3 time, lastTransitionTime@4 time, message@6 string, observedGeneration@7 int64,
  reason@5 string, status@2! string, type@1! string
PodExtendedResourceClaimStatus: requestMappings@1! []ContainerExtendedResourceRequest, resourceClaimName@2! string
PodIP: ip@1! string
PodResourceClaimStatus: name@1! string, resourceClaimName@2* string
PodStatus: allocatedResources@19 {}quantity, conditions@2 [type]PodCondition, containerStatuses@8 []ContainerStatus,
  ephemeralContainerStatuses@13 []ContainerStatus, extendedResourceClaimStatus@18* PodExtendedResourceClaimStatus,
  hostIP@5 string, hostIPs@16 [merge:ip]HostIP, initContainerStatuses@10 []ContainerStatus, message@3 string,
  nodeAllocatableResourceClaimStatuses@21 []NodeAllocatableResourceClaimStatus, nominatedNodeName@11 string,
  observedGeneration@17 int64, phase@1 string, podIP@6 string, podIPs@12 [ip]PodIP, qosClass@9 string,
  reason@4 string, resize@14 string, resourceClaimStatuses@15 [name]PodResourceClaimStatus,
  resources@20* ResourceRequirements, startTime@7* time
PodTemplateSpec: metadata@1 ObjectMeta, spec@2 PodSpec
PortStatus: error@3* string, port@1! int32, protocol@2! string
ResourceHealth: health@2 string, message@6* string, resourceID@1! string
ResourceStatus: name@1! string, resources@2 [resourceID|replace]ResourceHealth
Secret: data@2 {}bytes, immutable@5* bool, metadata@1 ObjectMeta, stringData@4 {}string, type@3 string
Service: metadata@1 ObjectMeta, spec@2 ServiceSpec, status@3 ServiceStatus
ServiceAccount: automountServiceAccountToken@4* bool, imagePullSecrets@3 []LocalObjectReference,
  metadata@1 ObjectMeta, secrets@2 [name]ObjectReference
ServicePort: appProtocol@6* string, name@1 string, nodePort@5 int32, port@3! int32, protocol@2 string,
  targetPort@4 intstr
ServiceSpec: allocateLoadBalancerNodePorts@20* bool, clusterIP@3 string, clusterIPs@18 []string,
  externalIPs@5 []string, externalName@10 string, externalTrafficPolicy@11 string, healthCheckNodePort@12 int32,
  internalTrafficPolicy@22* string, ipFamilies@19 []string, ipFamilyPolicy@17* string, loadBalancerClass@21* string,
  loadBalancerIP@8 string, loadBalancerSourceRanges@9 []string, ports@1 [port,protocol]ServicePort,
  publishNotReadyAddresses@13 bool, selector@2 {atomic}string, sessionAffinity@7 string,
  sessionAffinityConfig@14* SessionAffinityConfig, trafficDistribution@23* string, type@4 string
ServiceStatus: conditions@2 [type]Condition, loadBalancer@1 LoadBalancerStatus
SessionAffinityConfig: clientIP@1* ClientIPConfig
Taint: effect@3! string, key@1! string, timeAdded@4* time, value@2 string
VolumeMountStatus: mountPath@2! string, name@1! string, readOnly@3 bool, recursiveReadOnly@4* string,
  volumeStatus@5* VolumeStatus
VolumeStatus: image@1* ImageVolumeStatus
`;
