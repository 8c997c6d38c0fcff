/** What a pod's spec is made of. Notation: see ../type-table.ts. */
export const POD_TYPES = `
Affinity: nodeAffinity@1* NodeAffinity, podAffinity@2* PodAffinity, podAntiAffinity@3* PodAntiAffinity
AppArmorProfile: localhostProfile@2* string, type@1! string
CSIVolumeSource: driver@1! string, fsType@3* string, nodePublishSecretRef@5* LocalObjectReference, readOnly@2* bool,
  volumeAttributes@4 {}string
Capabilities: add@1 []string, drop@2 []string
ClusterTrustBundleProjection: labelSelector@3* LabelSelector, name@1* string, optional@5* bool, path@4! string,
  signerName@2* string
ConfigMapEnvSource: name@1.1 string, optional@2* bool
ConfigMapKeySelector (atomic): key@2! string, name@1.1 string, optional@3* bool
ConfigMapProjection: items@2 []KeyToPath, name@1.1 string, optional@4* bool
ConfigMapVolumeSource: defaultMode@3* int32, items@2 []KeyToPath, name@1.1 string, optional@4* bool
Container: args@4 []string, command@3 []string, env@7 [name]EnvVar, envFrom@19 []EnvFromSource, image@2 string,
  imagePullPolicy@14 string, lifecycle@12* Lifecycle, livenessProbe@10* Probe, name@1! string,
  ports@6 [containerPort,protocol]ContainerPort, readinessProbe@11* Probe, resizePolicy@23 []ContainerResizePolicy,
  resources@8 ResourceRequirements, restartPolicy@24* string, restartPolicyRules@25 []ContainerRestartRule,
  securityContext@15* SecurityContext, startupProbe@22* Probe, stdin@16 bool, stdinOnce@17 bool,
  terminationMessagePath@13 string, terminationMessagePolicy@20 string, tty@18 bool,
  volumeDevices@21 [devicePath]VolumeDevice, volumeMounts@9 [mountPath]VolumeMount, workingDir@5 string
ContainerPort: containerPort@3! int32, hostIP@5 string, hostPort@2 int32, name@1 string, protocol@4 string
ContainerResizePolicy: resourceName@1! string, restartPolicy@2! string
ContainerRestartRule: action@1! string, exitCodes@2* ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes: operator@1! string, values@2 [set|replace]int32
DownwardAPIProjection: items@1 []DownwardAPIVolumeFile
DownwardAPIVolumeFile: fieldRef@2* ObjectFieldSelector, mode@4* int32, path@1! string,
  resourceFieldRef@3* ResourceFieldSelector
DownwardAPIVolumeSource: defaultMode@2* int32, items@1 []DownwardAPIVolumeFile
EmptyDirVolumeSource: medium@1 string, sizeLimit@2* quantity
EnvFromSource: configMapRef@2* ConfigMapEnvSource, prefix@1 string, secretRef@3* SecretEnvSource
EnvVar: name@1! string, value@2 string, valueFrom@3* EnvVarSource
EnvVarSource: configMapKeyRef@3* ConfigMapKeySelector, fieldRef@1* ObjectFieldSelector, fileKeyRef@5* FileKeySelector,
  resourceFieldRef@2* ResourceFieldSelector, secretKeyRef@4* SecretKeySelector
EphemeralContainer: args@1.4 []string, command@1.3 []string, env@1.7 [name]EnvVar, envFrom@1.19 []EnvFromSource,
  image@1.2 string, imagePullPolicy@1.14 string, lifecycle@1.12* Lifecycle, livenessProbe@1.10* Probe,
  name@1.1! string, ports@1.6 [containerPort,protocol]ContainerPort, readinessProbe@1.11* Probe,
  resizePolicy@1.23 []ContainerResizePolicy, resources@1.8 ResourceRequirements, restartPolicy@1.24* string,
  restartPolicyRules@1.25 []ContainerRestartRule, securityContext@1.15* SecurityContext, startupProbe@1.22* Probe,
  stdin@1.16 bool, stdinOnce@1.17 bool, targetContainerName@2 string, terminationMessagePath@1.13 string,
  terminationMessagePolicy@1.20 string, tty@1.18 bool, volumeDevices@1.21 [devicePath]VolumeDevice,
  volumeMounts@1.9 [mountPath]VolumeMount, workingDir@1.5 string
EphemeralVolumeSource: volumeClaimTemplate@1* PersistentVolumeClaimTemplate
ExecAction: command@1 []string
FileKeySelector (atomic): key@3! string, optional@4* bool, path@2! string, volumeName@1! string
GRPCAction: port@1! int32, service@2* string
HTTPGetAction: host@3 string, httpHeaders@5 []HTTPHeader, path@1 string, port@2! intstr, scheme@4 string
HTTPHeader: name@1! string, value@2! string
HostAlias: hostnames@2 []string, ip@1! string
HostPathVolumeSource: path@1! string, type@2* string
ImageVolumeSource: pullPolicy@2 string, reference@1 string
KeyToPath: key@1! string, mode@3* int32, path@2! string
Lifecycle: postStart@1* LifecycleHandler, preStop@2* LifecycleHandler, stopSignal@3* string
LifecycleHandler: exec@1* ExecAction, httpGet@2* HTTPGetAction, sleep@4* SleepAction, tcpSocket@3* TCPSocketAction
LocalObjectReference (atomic): name@1 string
NFSVolumeSource: path@2! string, readOnly@3 bool, server@1! string
NodeAffinity: preferredDuringSchedulingIgnoredDuringExecution@2 []PreferredSchedulingTerm,
  requiredDuringSchedulingIgnoredDuringExecution@1* NodeSelector
NodeSelector (atomic): nodeSelectorTerms@1! []NodeSelectorTerm
NodeSelectorRequirement: key@1! string, operator@2! string, values@3 []string
NodeSelectorTerm (atomic): matchExpressions@1 []NodeSelectorRequirement, matchFields@2 []NodeSelectorRequirement
ObjectFieldSelector (atomic): apiVersion@1 string, fieldPath@2! string
PersistentVolumeClaimSpec: accessModes@1 []string, dataSource@7* TypedLocalObjectReference,
  dataSourceRef@8* TypedObjectReference, resources@2 VolumeResourceRequirements, selector@4* LabelSelector,
  storageClassName@5* string, volumeAttributesClassName@9* string, volumeMode@6* string, volumeName@3 string
PersistentVolumeClaimTemplate: metadata@1 ObjectMeta, spec@2! PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource: claimName@1! string, readOnly@2 bool
PodAffinity: preferredDuringSchedulingIgnoredDuringExecution@2 []WeightedPodAffinityTerm,
  requiredDuringSchedulingIgnoredDuringExecution@1 []PodAffinityTerm
PodAffinityTerm: labelSelector@1* LabelSelector, matchLabelKeys@5 []string, mismatchLabelKeys@6 []string,
  namespaceSelector@4* LabelSelector, namespaces@2 []string, topologyKey@3! string
PodAntiAffinity: preferredDuringSchedulingIgnoredDuringExecution@2 []WeightedPodAffinityTerm,
  requiredDuringSchedulingIgnoredDuringExecution@1 []PodAffinityTerm
PodCertificateProjection: certificateChainPath@6 string, credentialBundlePath@4 string, keyPath@5 string,
  keyType@2! string, maxExpirationSeconds@3* int32, signerName@1! string, userAnnotations@7 {}string
PodDNSConfig: nameservers@1 []string, options@3 []PodDNSConfigOption, searches@2 []string
PodDNSConfigOption: name@1 string, value@2* string
PodOS: name@1! string
PodReadinessGate: conditionType@1! string
PodResourceClaim: name@1! string, resourceClaimName@3* string, resourceClaimTemplateName@4* string
PodSchedulingGate: name@1! string
PodSchedulingGroup: podGroupName@1* string
PodSecurityContext: appArmorProfile@11* AppArmorProfile, fsGroup@5* int64, fsGroupChangePolicy@9* string,
  runAsGroup@6* int64, runAsNonRoot@3* bool, runAsUser@2* int64, seLinuxChangePolicy@13* string,
  seLinuxOptions@1* SELinuxOptions, seccompProfile@10* SeccompProfile, supplementalGroups@4 []int64,
  supplementalGroupsPolicy@12* string, sysctls@7 []Sysctl, windowsOptions@8* WindowsSecurityContextOptions
PodSpec: activeDeadlineSeconds@5* int64, affinity@18* Affinity, automountServiceAccountToken@21* bool,
  containers@2! [name]Container, dnsConfig@26* PodDNSConfig, dnsPolicy@6 string, enableServiceLinks@30* bool,
  ephemeralContainers@34 [name]EphemeralContainer, hostAliases@23 [ip]HostAlias, hostIPC@13 bool, hostNetwork@11 bool,
  hostPID@12 bool, hostUsers@37* bool, hostname@16 string, hostnameOverride@41* string,
  imagePullSecrets@15 [name]LocalObjectReference, initContainers@20 [name]Container, nodeName@10 string,
  nodeSelector@7 {atomic}string, os@36* PodOS, overhead@32 {}quantity, preemptionPolicy@31* string,
  priority@25* int32, priorityClassName@24 string, readinessGates@28 []PodReadinessGate,
  resourceClaims@39 [name]PodResourceClaim, resources@40* ResourceRequirements, restartPolicy@3 string,
  runtimeClassName@29* string, schedulerName@19 string, schedulingGates@38 [name]PodSchedulingGate,
  schedulingGroup@43* PodSchedulingGroup, securityContext@14* PodSecurityContext, serviceAccount@9 string,
  serviceAccountName@8 string, setHostnameAsFQDN@35* bool, shareProcessNamespace@27* bool, subdomain@17 string,
  terminationGracePeriodSeconds@4* int64, tolerations@22 []Toleration,
  topologySpreadConstraints@33 [topologyKey,whenUnsatisfiable]TopologySpreadConstraint, volumes@1 [name]Volume
PreferredSchedulingTerm: preference@2! NodeSelectorTerm, weight@1! int32
Probe: exec@1.1* ExecAction, failureThreshold@6 int32, grpc@1.4* GRPCAction, httpGet@1.2* HTTPGetAction,
  initialDelaySeconds@2 int32, periodSeconds@4 int32, successThreshold@5 int32, tcpSocket@1.3* TCPSocketAction,
  terminationGracePeriodSeconds@7* int64, timeoutSeconds@3 int32
ProjectedVolumeSource: defaultMode@2* int32, sources@1 []VolumeProjection
ResourceClaim: name@1! string, request@2 string
ResourceFieldSelector (atomic): containerName@1 string, divisor@3 quantity, resource@2! string
ResourceRequirements: claims@3 [name|replace]ResourceClaim, limits@1 {}quantity, requests@2 {}quantity
SELinuxOptions: level@4 string, role@2 string, type@3 string, user@1 string
SeccompProfile: localhostProfile@2* string, type@1! string
SecretEnvSource: name@1.1 string, optional@2* bool
SecretKeySelector (atomic): key@2! string, name@1.1 string, optional@3* bool
SecretProjection: items@2 []KeyToPath, name@1.1 string, optional@4* bool
SecretVolumeSource: defaultMode@3* int32, items@2 []KeyToPath, optional@4* bool, secretName@1 string
SecurityContext: allowPrivilegeEscalation@7* bool, appArmorProfile@12* AppArmorProfile, capabilities@1* Capabilities,
  privileged@2* bool, procMount@9* string, readOnlyRootFilesystem@6* bool, runAsGroup@8* int64, runAsNonRoot@5* bool,
  runAsUser@4* int64, seLinuxOptions@3* SELinuxOptions, seccompProfile@11* SeccompProfile,
  windowsOptions@10* WindowsSecurityContextOptions
ServiceAccountTokenProjection: audience@1 string, expirationSeconds@2* int64, path@3! string
SleepAction: seconds@1! int64
Sysctl: name@1! string, value@2! string
TCPSocketAction: host@2 string, port@1! intstr
Toleration: effect@4 string, key@1 string, operator@2 string, tolerationSeconds@5* int64, value@3 string
TopologySpreadConstraint: labelSelector@4* LabelSelector, matchLabelKeys@8 []string, maxSkew@1! int32,
  minDomains@5* int32, nodeAffinityPolicy@6* string, nodeTaintsPolicy@7* string, topologyKey@2! string,
  whenUnsatisfiable@3! string
TypedLocalObjectReference (atomic): apiGroup@1* string, kind@2! string, name@3! string
TypedObjectReference: apiGroup@1* string, kind@2! string, name@3! string, namespace@4* string
Volume: awsElasticBlockStore@2.4* any, azureDisk@2.22* any, azureFile@2.18* any, cephfs@2.14* any, cinder@2.13* any,
  configMap@2.19* ConfigMapVolumeSource, csi@2.28* CSIVolumeSource, downwardAPI@2.16* DownwardAPIVolumeSource,
  emptyDir@2.2* EmptyDirVolumeSource, ephemeral@2.29* EphemeralVolumeSource, fc@2.17* any, flexVolume@2.12* any,
  flocker@2.15* any, gcePersistentDisk@2.3* any, gitRepo@2.5* any, glusterfs@2.9* any,
  hostPath@2.1* HostPathVolumeSource, image@2.30* ImageVolumeSource, iscsi@2.8* any, name@1! string,
  nfs@2.7* NFSVolumeSource, persistentVolumeClaim@2.10* PersistentVolumeClaimVolumeSource,
  photonPersistentDisk@2.23* any, portworxVolume@2.24* any, projected@2.26* ProjectedVolumeSource, quobyte@2.21* any,
  rbd@2.11* any, scaleIO@2.25* any, secret@2.6* SecretVolumeSource, storageos@2.27* any, vsphereVolume@2.20* any
VolumeDevice: devicePath@2! string, name@1! string
VolumeMount: mountPath@3! string, mountPropagation@5* string, name@1! string, readOnly@2 bool,
  recursiveReadOnly@7* string, subPath@4 string, subPathExpr@6 string
VolumeProjection: clusterTrustBundle@5* ClusterTrustBundleProjection, configMap@3* ConfigMapProjection,
  downwardAPI@2* DownwardAPIProjection, podCertificate@6* PodCertificateProjection, secret@1* SecretProjection,
  serviceAccountToken@4* ServiceAccountTokenProjection
VolumeResourceRequirements: limits@1 {}quantity, requests@2 {}quantity
WeightedPodAffinityTerm: podAffinityTerm@2! PodAffinityTerm, weight@1! int32
WindowsSecurityContextOptions: gmsaCredentialSpec@2* string, gmsaCredentialSpecName@1* string, hostProcess@4* bool,
  runAsUserName@3* string
`;
