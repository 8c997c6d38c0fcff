{{- define "anweddol-operator.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* Of what there is one of in the release's namespace. 52 characters leave room for a suffix. */ -}}
{{- define "anweddol-operator.fullname" -}}
{{- $name := include "anweddol-operator.name" . -}}
{{- $whole := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default $whole | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- /*
Of the rights, whatever the release's name: an object of this name in the cluster, or in a namespace, is how another release
finds that an operator serves it already.
*/ -}}
{{- define "anweddol-operator.rightsName" -}}
anweddol-operator
{{- end -}}

{{- /* Of a cluster-scoped object of a release that is confined to namespaces: there may be several such releases. */ -}}
{{- define "anweddol-operator.clusterFactsName" -}}
{{- printf "%s-%s-cluster-facts" .Release.Namespace (include "anweddol-operator.fullname" .) -}}
{{- end -}}

{{- define "anweddol-operator.account" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "anweddol-operator.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "anweddol-operator.lease" -}}
{{- .Values.leaderElection.leaseName | default (include "anweddol-operator.fullname" .) -}}
{{- end -}}

{{- define "anweddol-operator.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Whether the API server has the custom resources already. "helm template" knows by --api-versions only. */ -}}
{{- define "anweddol-operator.definitionsAreThere" -}}
{{- if .Capabilities.APIVersions.Has "anweddol.io/v1alpha1/AnweddolServer" }}true{{ end -}}
{{- end -}}
