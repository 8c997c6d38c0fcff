{{- /*
Policies are of the cluster. A release that makes nothing of the cluster, neither rights nor definitions, makes none; one of
some namespaces binds its own to these.
*/ -}}
{{- define "anweddol-operator.hasServerPodPolicies" -}}
{{- if and .Values.serverPodPolicies.enabled (or (not .Values.scope.namespaces) .Values.crds.install .Values.scope.readCluster) }}true{{ end -}}
{{- end -}}

{{- define "anweddol-operator.serverPodPolicyName" -}}
{{- $name := printf "anweddol-server-pod-%s" .about -}}
{{- with .root -}}
{{- .Values.scope.namespaces | empty | ternary $name (printf "%s-%s-%s" .Release.Namespace (include "anweddol-operator.fullname" .) $name) -}}
{{- end -}}
{{- end -}}

{{- /* "anwdl doctor" finds them by the component. */ -}}
{{- define "anweddol-operator.serverPodPolicyMetadata" -}}
name: {{ include "anweddol-operator.serverPodPolicyName" . }}
labels:
  {{- set (include "anweddol-operator.labels" .root | fromYaml) "app.kubernetes.io/component" "server-pod-policy" | toYaml | nindent 2 }}
{{- end -}}

{{- /*
Nobody else is asked: an account that is named for a server which its Role lets it serve, and that can't read Secrets anyway.
Of everybody else's requests, and there are many, it looks at the name only.
*/ -}}
{{- define "anweddol-operator.isServerPod" -}}
- name: server-pod
  expression: |-
    request.userInfo.username.startsWith('system:serviceaccount:' + request.namespace + ':')
    && request.userInfo.username.endsWith('-server')
    && authorizer.group('anweddol.io').resource('anweddolservers').namespace(request.namespace)
    .name({{ include "anweddol-operator.serverOfPod" . }}).check('serve').allowed()
    && !authorizer.group('').resource('secrets').namespace(request.namespace).check('get').allowed()
{{- end -}}

{{- /* The account's name without its ending, "-server". */ -}}
{{- define "anweddol-operator.serverOfPod" -}}
request.userInfo.username.split(':')[3].substring(0, request.userInfo.username.split(':')[3].size() - 7)
{{- end -}}

{{- define "anweddol-operator.serverPodBinding" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  {{- include "anweddol-operator.serverPodPolicyMetadata" . | nindent 2 }}
spec:
  policyName: {{ include "anweddol-operator.serverPodPolicyName" . }}
  validationActions: [Deny]
  {{- with .root.Values.scope.namespaces }}
  matchResources:
    namespaceSelector:
      matchExpressions:
        - key: kubernetes.io/metadata.name
          operator: In
          values:
            {{- toYaml . | nindent 12 }}
  {{- end }}
{{- end -}}
