#!/usr/bin/env bash
# Builds the tools that tests of the chart need from their published Go modules. See README.md.
set -euo pipefail
export LC_ALL=C CGO_ENABLED=0 GOFLAGS='-trimpath -buildvcs=false'

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$(realpath -m "${ANWEDDOL_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/anweddol-operator}/tools")
programs=(helm3 kubeconform kube-score)
definitions=(podmonitors prometheusrules servicemonitors)
work= # inside the cache, so that finishing is one rename

helm3=v3.22.0
kubeconform=v0.8.0
kube_score=v1.20.0
prometheus_operator=v0.85.0
kubernetes=1.36 # what charts are rendered for where there is no cluster

usage() {
  cat <<'TEXT'
usage: test/tools/build.sh

Builds helm 3, kubeconform and kube-score into the cache, and fetches the Prometheus Operator's CustomResourceDefinitions, or
finds all of it there (helm 4 is among the programs of test/controlplane/build.sh). Progress goes to stderr; stdout gets one
line of JSON:
  {"path": "...", "cached": true|false}
When CHART_TOOLS names a folder that holds helm3, kubeconform, kube-score and monitoring/, it is taken as it is.

needs: Go 1.26, the Go module proxy, 2 GiB of memory and about 3 minutes on two cores, the first time.
TEXT
}

say() { printf '%s\n' "$*" >&2; }

# One line that says what to do.
die() {
  say "build.sh: $*"
  exit 1
}

answer() {
  printf '{"path": "%s", "cached": %s}\n' "$1" "$2"
  exit 0
}

missing_from() {
  local name
  for name in "${programs[@]}"; do [[ -x $1/$name ]] || printf ' %s' "$name"; done
  [[ -d $1/monitoring ]] || printf ' monitoring/'
}

# What the result depends on: this script, which has the versions, and the compiler.
key() {
  (cat "$here/build.sh" && go env GOVERSION GOARCH) | sha256sum | cut -c 1-16
}

# install NAME PACKAGE@VERSION [FLAGS]
install() {
  say "building $1 from $2"
  GOBIN=$work/bin go install -p 2 -ldflags "-s -w ${3:-}" "$2" 2> >(sed -u '/^go: downloading/d' >&2) ||
    die "$1 could not be built; the lines above say why"
  mv "$work/bin/"* "$work/$1"
}

# The definitions as the module publishes them, as monitoring/NAME.yaml.
fetch_definitions() {
  local module=github.com/prometheus-operator/prometheus-operator@$prometheus_operator folder name
  say "fetching the definitions of $module"
  folder=$(go mod download -json "$module" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  [[ -n $folder ]] || die "$module could not be had from the Go module proxy"
  mkdir "$work/monitoring"
  for name in "${definitions[@]}"; do
    cat "$folder/example/prometheus-operator-crd/monitoring.coreos.com_$name.yaml" >"$work/monitoring/$name.yaml"
  done
}

# What `helm version` says, and the Kubernetes that `helm template` takes for granted.
helm3_flags() {
  local module=helm.sh/helm/v3
  printf '%s' "-X $module/internal/version.version=$helm3 -X $module/pkg/chartutil.k8sVersionMajor=${kubernetes%.*}"
  printf ' %s' "-X $module/pkg/chartutil.k8sVersionMinor=${kubernetes#*.} -X $module/pkg/lint/rules.k8sVersionMajor=${kubernetes%.*}"
  printf ' %s' "-X $module/pkg/lint/rules.k8sVersionMinor=${kubernetes#*.}"
}

if [[ ${1:-} == --help || ${1:-} == -h ]]; then usage && exit 0; fi
(($# == 0)) || die "unknown argument $1; see --help"
if [[ -n ${CHART_TOOLS:-} ]]; then
  missing=$(missing_from "$CHART_TOOLS")
  [[ -z $missing ]] && answer "$CHART_TOOLS" true
  say "CHART_TOOLS=$CHART_TOOLS is not used: it lacks$missing"
fi
command -v go >/dev/null || die 'Go is not installed: install Go 1.26 or later, or set CHART_TOOLS'
folder=$cache/$(key)
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 # another run may be building the same
[[ -d $folder ]] && answer "$folder" true
work=$(mktemp -d "$cache/unfinished.XXXXXX")
trap 'rm -rf "$work"' EXIT
install helm3 "helm.sh/helm/v3/cmd/helm@$helm3" "$(helm3_flags)"
install kubeconform "github.com/yannh/kubeconform/cmd/kubeconform@$kubeconform"
install kube-score "github.com/zegl/kube-score/cmd/kube-score@$kube_score"
rmdir "$work/bin"
fetch_definitions
mv "$work" "$folder"
answer "$folder" false
