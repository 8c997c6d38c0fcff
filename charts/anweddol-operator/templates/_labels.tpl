{{- /* By which the operator's pods are found, and nothing else. A Deployment never changes them. */ -}}
{{- define "anweddol-operator.selector" -}}
app.kubernetes.io/name: {{ include "anweddol-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* Of every object. What the user adds does not replace what is relied on. */ -}}
{{- define "anweddol-operator.labels" -}}
{{- $own := include "anweddol-operator.selector" . | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service -}}
{{- $_ := set $own "app.kubernetes.io/version" (.Chart.AppVersion | replace "+" "_" | trunc 63) -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- merge $own .Values.commonLabels | toYaml -}}
{{- end -}}

{{- /* Of a pod that is not the operator's: the same, but the operator's selectors pass it by. */ -}}
{{- define "anweddol-operator.otherPodLabels" -}}
{{- $labels := include "anweddol-operator.labels" . | fromYaml -}}
{{- $_ := set $labels "app.kubernetes.io/part-of" (include "anweddol-operator.name" .) -}}
{{- set $labels "app.kubernetes.io/name" "anwdl" | toYaml -}}
{{- end -}}
