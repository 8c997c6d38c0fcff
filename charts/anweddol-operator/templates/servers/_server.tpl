{{- /*
One AnweddolServer of the list. Its annotations of Helm's make it this release's own, also where a hook has made it.
Takes a dict of root, server, and annotations.
*/ -}}
{{- define "anweddol-operator.server" -}}
apiVersion: anweddol.io/v1alpha1
kind: AnweddolServer
metadata:
  name: {{ .server.name }}
  namespace: {{ .server.namespace | default .root.Release.Namespace }}
  labels:
    {{- $labels := include "anweddol-operator.labels" .root | fromYaml }}
    {{- /* It is no object of the operator's own. */}}
    {{- $_ := set $labels "app.kubernetes.io/name" "anweddol-server" }}
    {{- merge $labels (.server.labels | default dict) | toYaml | nindent 4 }}
  {{- $annotations := merge (deepCopy .annotations) (.server.annotations | default dict) }}
  {{- if .root.Values.keepServers }}
  {{- $_ := set $annotations "helm.sh/resource-policy" "keep" }}
  {{- end }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- toYaml .server.spec | nindent 2 }}
{{- end -}}

{{- /*
Helm 3 takes a custom resource that is there into a release without changing it, and never looks at the difference again.
The upgrade after hooks have made servers is such a one.
*/ -}}
{{- define "anweddol-operator.refuseSilentAdoption" -}}
{{- if and .Release.IsUpgrade (hasPrefix "v3." .Capabilities.HelmVersion.Version) (include "anweddol-operator.definitionsAreThere" .) -}}
{{- range .Values.servers -}}
{{- $namespace := .namespace | default $.Release.Namespace -}}
{{- $live := lookup "anweddol.io/v1alpha1" "AnweddolServer" $namespace .name -}}
{{- $annotations := dig "metadata" "annotations" dict $live | default dict -}}
{{- $isNext := eq (toString (sub $.Release.Revision 1)) (get $annotations "anweddol.io/made-by-revision" | toString) -}}
{{- if and $isNext (ne (toJson .spec | sha256sum) (get $annotations "anweddol.io/made-of")) -}}
{{- fail (printf "servers: this upgrade takes %s/%s into the release, which Helm 3 does without changing it: upgrade once with its spec as it was, then with the new one" $namespace .name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /*
Helm looks up every kind of a release before it makes the first object. Where the release brings the kind itself, servers
come as hooks, once: with the next upgrade they are objects of the release like all others.
*/ -}}
{{- define "anweddol-operator.serversAreHooks" -}}
{{- if and .Values.crds.install (not (include "anweddol-operator.definitionsAreThere" .)) }}true{{ end -}}
{{- end -}}
