{{- /* What the operator may do to the objects of a namespace. */ -}}
{{- define "anweddol-operator.rules" -}}
- apiGroups: [anweddol.io]
  resources: [anweddolservers, anweddolaccesstokens]
  verbs: [get, list, watch]
- apiGroups: [anweddol.io]
  resources: [anweddolservers/status, anweddolaccesstokens/status]
  verbs: [patch]
# To own what it makes by the server, where the cluster enforces that.
- apiGroups: [anweddol.io]
  resources: [anweddolservers/finalizers, anweddolaccesstokens/finalizers]
  verbs: [update]
- apiGroups: [""]
  resources: [serviceaccounts, configmaps, services, pods]
  verbs: [list, watch, create, patch, delete]
# By name, never a list: keys, certificates, access tokens.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, create, patch, delete]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [list, watch, create, patch, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [list, watch, create, patch, delete]
# An ISO that is downloaded, where the Containerized Data Importer is installed.
- apiGroups: [cdi.kubevirt.io]
  resources: [datavolumes]
  verbs: [get, create, delete]
# Certificates of issuers, where cert-manager is installed.
- apiGroups: [cert-manager.io]
  resources: [certificates]
  verbs: [get, create, patch, delete]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [list, watch, create, patch, delete]
- apiGroups: [rbac.authorization.k8s.io]
  resources: [roles, rolebindings]
  verbs: [list, watch, create, patch, delete]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list, watch, create, patch, delete]
# It gives server pods a part of these, and nobody may give what he does not have.
- apiGroups: [kubevirt.io]
  resources: [virtualmachineinstances]
  verbs: [get, list, watch, create, patch, delete]
# No API has this verb: server pods are given it, for policies to know them by.
- apiGroups: [anweddol.io]
  resources: [anweddolservers]
  verbs: [serve]
# What came about, for people.
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{- /* What it reads of the cluster as a whole. */ -}}
{{- define "anweddol-operator.clusterRules" -}}
# Which KubeVirt this is.
- apiGroups: [kubevirt.io]
  resources: [kubevirts]
  verbs: [list]
# The addresses of pods, which containers are kept from.
- apiGroups: [""]
  resources: [nodes]
  verbs: [list]
{{- end -}}

{{- define "anweddol-operator.subject" -}}
- kind: ServiceAccount
  name: {{ include "anweddol-operator.account" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}
