{{- /*
Two operators must not serve the same servers. Rights have one name in every release, so what is looked up here are objects
that this release would make itself, or may read if it may make those. Without a cluster ("helm template") nothing is found.
What no release owns is left to Helm, whose --take-ownership then decides.
*/ -}}
{{- define "anweddol-operator.otherRelease" -}}
{{- $annotations := dig "metadata" "annotations" dict .object | default dict -}}
{{- $name := get $annotations "meta.helm.sh/release-name" -}}
{{- $namespace := get $annotations "meta.helm.sh/release-namespace" -}}
{{- if and $name (or (ne $name .root.Release.Name) (ne $namespace .root.Release.Namespace)) -}}
release {{ $name }} of namespace {{ $namespace }}
{{- end -}}
{{- end -}}

{{- define "anweddol-operator.refuseSecondRelease" -}}
{{- $api := "rbac.authorization.k8s.io/v1" -}}
{{- $rights := include "anweddol-operator.rightsName" . -}}
{{- $namespaces := .Values.scope.namespaces -}}
{{- /* Whoever may make cluster-scoped objects may read them; others can't tell. */ -}}
{{- if or (not $namespaces) .Values.crds.install .Values.scope.readCluster -}}
{{- with include "anweddol-operator.otherRelease" (dict "root" . "object" (lookup $api "ClusterRole" "" $rights)) -}}
{{- fail (printf "the %s serves the whole cluster already, and two operators must not serve the same servers: upgrade that one, or uninstall it first" .) -}}
{{- end -}}
{{- end -}}
{{- range $namespaces -}}
{{- $namespace := . -}}
{{- with include "anweddol-operator.otherRelease" (dict "root" $ "object" (lookup $api "Role" $namespace $rights)) -}}
{{- fail (printf "scope.namespaces: %s is served by the %s already" $namespace .) -}}
{{- end -}}
{{- end -}}
{{- if not $namespaces -}}
{{- range (lookup $api "Role" "" "").items -}}
{{- if eq .metadata.name $rights -}}
{{- $namespace := .metadata.namespace -}}
{{- with include "anweddol-operator.otherRelease" (dict "root" $ "object" .) -}}
{{- fail (printf "the %s serves the namespace %s already, and two operators must not serve the same servers: set scope.namespaces to others" . $namespace) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if .Values.crds.install -}}
{{- include "anweddol-operator.refuseForeignDefinitions" . -}}
{{- end -}}
{{- end -}}

{{- /* Only while the other release has an operator: what an uninstalled one has left may be taken over. */ -}}
{{- define "anweddol-operator.refuseForeignDefinitions" -}}
{{- $object := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" "anweddolservers.anweddol.io" -}}
{{- $other := include "anweddol-operator.otherRelease" (dict "root" . "object" $object) -}}
{{- if $other -}}
{{- $annotations := $object.metadata.annotations -}}
{{- $name := get $annotations "meta.helm.sh/release-name" -}}
{{- range (lookup "apps/v1" "Deployment" (get $annotations "meta.helm.sh/release-namespace") "").items -}}
{{- if eq $name (get (.metadata.labels | default dict) "app.kubernetes.io/instance" | default "") -}}
{{- fail (printf "crds.install: the CustomResourceDefinitions belong to the %s; set crds.install=false here" $other) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
