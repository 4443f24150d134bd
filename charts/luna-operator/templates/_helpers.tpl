{{- define "luna-operator.labels" -}}
{{ include "luna-operator.selector" . }}
app.kubernetes.io/part-of: luna-iems
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "luna-operator.selector" -}}
app.kubernetes.io/name: luna-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "luna-operator.config" -}}
version: {{ .Chart.AppVersion | quote }}
images:
  {{- omit .Values.images "operator" "models" | toYaml | nindent 2 }}
  {{- with .Values.images.models }}
  models: {{ . | quote }}
  {{- end }}
imagePullPolicy: {{ .Values.imagePullPolicy }}
imagePullSecrets: {{ .Values.imagePullSecrets | toJson }}
logLevel: {{ .Values.tenants.logLevel }}
network:
  {{- toYaml .Values.tenants.network | nindent 2 }}
scheduling: {{ .Values.tenants.scheduling | toJson }}
inherit:
  {{- toYaml .Values.tenants.inherit | nindent 2 }}
monitoring:
  {{- toYaml .Values.tenants.serviceMonitor | nindent 2 }}
quota: {{ .Values.tenants.quota | default dict | toJson }}
rollout:
  {{- toYaml .Values.tenants.rollout | nindent 2 }}
controller:
  {{- toYaml .Values.controller | nindent 2 }}
{{- end }}
