{{- /* What the schema can't say. Each ends the rendering with what to do. */ -}}
{{- define "anweddol-operator.refuse" -}}
{{- include "anweddol-operator.refuseOptions" . -}}
{{- include "anweddol-operator.refuseServers" . -}}
{{- include "anweddol-operator.refuseMonitors" . -}}
{{- include "anweddol-operator.refuseSilentAdoption" . -}}
{{- include "anweddol-operator.refuseSecondRelease" . -}}
{{- end -}}

{{- define "anweddol-operator.refuseOptions" -}}
{{- if and (gt (int .Values.replicas) 1) (not .Values.leaderElection.enabled) -}}
{{- fail "replicas: several need leaderElection.enabled=true, or all of them would work at once" -}}
{{- end -}}
{{- if and (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) -}}
{{- fail "serviceAccount.name: must name the account to use where serviceAccount.create is false" -}}
{{- end -}}
{{- $taken := dict "server-image" "serverImage" "namespaces" "scope.namespaces" "cluster-cidrs" "clusterCIDRs"
  "metrics-address" "metrics.port" "leader-elect" "leaderElection.enabled" "leader-elect-resource-name" "leaderElection.leaseName"
  "config" "config" -}}
{{- range .Values.extraArgs -}}
{{- $flag := regexFind "^--[a-z-]+" . | trimPrefix "--" -}}
{{- if hasKey $taken $flag -}}
{{- fail (printf "extraArgs: --%s is set by the value %s" $flag (get $taken $flag)) -}}
{{- end -}}
{{- if has $flag (list "health-address" "leader-elect-resource-namespace") -}}
{{- fail (printf "extraArgs: --%s can't be set, the chart relies on it" $flag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "anweddol-operator.refuseServers" -}}
{{- $seen := dict -}}
{{- range .Values.servers -}}
{{- $namespace := .namespace | default $.Release.Namespace -}}
{{- $key := printf "%s/%s" $namespace .name -}}
{{- if hasKey $seen $key -}}
{{- fail (printf "servers: %s is listed twice" $key) -}}
{{- end -}}
{{- $_ := set $seen $key true -}}
{{- if and $.Values.scope.namespaces (not (has $namespace $.Values.scope.namespaces)) -}}
{{- fail (printf "servers: %s would be in a namespace that scope.namespaces does not list, so no operator would serve it" $key) -}}
{{- end -}}
{{- end -}}
{{- with .Values.helmTest.server -}}
{{- $names := list -}}
{{- range $.Values.servers -}}{{- $names = append $names .name -}}{{- end -}}
{{- if not (has . $names) -}}
{{- fail (printf "helmTest.server: there is no %q in servers" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "anweddol-operator.refuseMonitors" -}}
{{- if not .Values.metrics.enabled -}}
{{- range $name := list "service" "serviceMonitor" "podMonitor" -}}
{{- if (get $.Values.metrics $name).enabled -}}
{{- fail (printf "metrics.%s.enabled: needs metrics.enabled=true" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled -}}
{{- fail "metrics.podMonitor.enabled: would scrape the operator twice beside metrics.serviceMonitor.enabled; choose one" -}}
{{- end -}}
{{- if eq (int .Values.metrics.port) 8081 -}}
{{- fail "metrics.port: 8081 is where the operator answers for its health" -}}
{{- end -}}
{{- if and .Values.alerts.enabled (not (.Files.Get "files/alerts.yaml")) -}}
{{- fail "alerts.enabled: this chart was packed without files/alerts.yaml" -}}
{{- end -}}
{{- end -}}
