{{- /* What one monitor says of how it is scraped. */ -}}
{{- define "anweddol-operator.endpoint" -}}
- port: metrics
  path: /metrics
  # Where metrics name a namespace or a server, it is that of the object they are about.
  honorLabels: true
  {{- with .interval }}
  interval: {{ . }}
  {{- end }}
  {{- with .scrapeTimeout }}
  scrapeTimeout: {{ . }}
  {{- end }}
{{- end -}}

{{- /* Labels of what Prometheus selects: the common ones, and those that it looks for. */ -}}
{{- define "anweddol-operator.selectedLabels" -}}
{{- merge (include "anweddol-operator.labels" .root | fromYaml) .labels | toYaml -}}
{{- end -}}
