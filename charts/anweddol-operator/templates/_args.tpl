{{- /* The arguments of the operator. What "config" holds is in a file, where arguments count more. */ -}}
{{- define "anweddol-operator.args" -}}
- operator
# What server pods run when their AnweddolServer names no image.
- --server-image={{ .Values.serverImage | default (include "anweddol-operator.image" .) }}
- --health-address=:8081
- --metrics-address={{ .Values.metrics.enabled | ternary (printf ":%d" (int .Values.metrics.port)) "0" }}
{{- with .Values.scope.namespaces }}
- --namespaces={{ join "," . }}
{{- end }}
{{- with .Values.clusterCIDRs }}
- --cluster-cidrs={{ join "," . }}
{{- end }}
{{- if not .Values.leaderElection.enabled }}
- --leader-elect=false
{{- else if ne (include "anweddol-operator.lease" .) "anweddol-operator" }}
- --leader-elect-resource-name={{ include "anweddol-operator.lease" . }}
{{- end }}
{{- if .Values.config }}
- --config=/etc/anweddol/operator.yaml
{{- end }}
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end -}}
