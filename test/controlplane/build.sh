#!/usr/bin/env bash
# Builds a real Kubernetes and KubeVirt control plane from their published Go modules. See README.md.
set -euo pipefail
export LC_ALL=C CGO_ENABLED=0 GOFLAGS='-mod=readonly -trimpath -buildvcs=false'

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$(realpath -m "${ANWEDDOL_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/anweddol-operator}/controlplane")
programs=(etcd kube-apiserver kube-controller-manager kubectl helm virt-api virt-controller)
work= # inside the cache, so that finishing is one rename

usage() {
  cat <<'TEXT'
usage: test/controlplane/build.sh

Builds etcd, kube-apiserver, kube-controller-manager, kubectl, helm, virt-api, virt-controller, the manifests of KubeVirt and
the CRDs of KubeVirt's, CDI's and cert-manager's newest releases into the cache, or finds them there. Progress goes to stderr; stdout gets one line of JSON:
  {"path": "...", "cached": true|false}
The folder can be given to other programs as KUBEBUILDER_ASSETS. When KUBEBUILDER_ASSETS is set and holds all of these, it is
taken as it is.

needs: Go 1.26, the Go module proxy, 3 GiB of memory and about 8 minutes on two cores, the first time.
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
  [[ -e $1/kubevirt.json ]] || printf ' kubevirt.json'
  [[ -d $1/crds ]] || printf ' crds/'
}

# What the result depends on: this script, the modules, the compiler.
key() {
  (cd "$here" && cat build.sh ./*/go.mod ./*/go.sum ./*/*.go && go env GOVERSION GOARCH) | sha256sum | cut -c 1-16
}

# The version of a module in a go.mod, such as v1.36.4.
version_of() {
  awk -v module="$2" '$1 == module { print $2; exit }' "$here/$1/go.mod"
}

# What `kubectl version`, `helm` and /version say.
kubernetes_flags() {
  local version package flags='-s -w'
  version=$(version_of kubernetes k8s.io/kubernetes)
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=$(cut -d. -f2 <<<"$version")"
    flags+=" -X $package.gitTreeState=clean"
  done
  printf '%s' "$flags"
}

# Hundreds of lines say nothing that one would want to know.
without_downloads() {
  sed -u '/^go: downloading/d' >&2
}

# Waits for a process, and says each half minute that it still runs.
wait_for() {
  local since=$SECONDS told=0 passed
  while kill -0 "$1" 2>/dev/null; do
    sleep 0.2
    passed=$((SECONDS - since))
    if ((passed >= told + 30)); then
      told=$passed
      say "still building $2 (${passed} s)"
    fi
  done
  wait "$1"
}

# build MODULE FLAGS PROGRAM...: one program, found under the name of each of its parts.
build() {
  local module=$1 flags=$2 name
  say "building $module from its Go module"
  (cd "$here/$module" && go build -p 2 -ldflags "$flags" -o "$work/$module.program" .) 2> >(without_downloads) &
  wait_for $! "$module" || die "$module could not be built; the lines above say why"
  for name in "${@:3}"; do ln -s "$module.program" "$work/$name"; done
}

# Of the newest published types: KubeVirt's (later than the programs), CDI's and cert-manager's.
write_crds() {
  mkdir "$work/crds"
  (cd "$here/crds" && go tool controller-gen crd:maxDescLen=0,allowDangerousTypes=true paths=kubevirt.io/api/core/v1 \
    paths=kubevirt.io/containerized-data-importer-api/pkg/apis/core/v1beta1 \
    paths=github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1 output:crd:dir="$work/crds") 2> >(without_downloads) ||
    die 'controller-gen failed; the lines above say why'
}

if [[ ${1:-} == --help || ${1:-} == -h ]]; then usage && exit 0; fi
(($# == 0)) || die "unknown argument $1; see --help"
if [[ -n ${KUBEBUILDER_ASSETS:-} ]]; then
  missing=$(missing_from "$KUBEBUILDER_ASSETS")
  [[ -z $missing ]] && answer "$KUBEBUILDER_ASSETS" true
  say "KUBEBUILDER_ASSETS=$KUBEBUILDER_ASSETS is not used: it lacks$missing"
fi
command -v go >/dev/null || die 'Go is not installed: install Go 1.26 or later, or set KUBEBUILDER_ASSETS'
folder=$cache/$(key)
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 # another run may be building the same
[[ -d $folder ]] && answer "$folder" true
work=$(mktemp -d "$cache/unfinished.XXXXXX")
trap 'rm -rf "$work"' EXIT
build kubernetes "$(kubernetes_flags)" etcd kube-apiserver kube-controller-manager kubectl helm
build kubevirt '-s -w' virt-api virt-controller
"$work/kubevirt.program" manifests >"$work/kubevirt.json"
write_crds
mv "$work" "$folder"
answer "$folder" false
