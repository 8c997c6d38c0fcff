#!/usr/bin/env bash
# Builds the container ISO from Debian packages: a kernel and an initramfs that is the whole system. See README.md.
set -eEuo pipefail
export LC_ALL=C TZ=UTC
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$(realpath -m "${ANWEDDOL_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/anweddol-operator}/iso")
name=anweddol-container.iso
epoch=1700000000 # every date in the ISO; fixed, so that the same packages give the same bytes
work=            # the temporary directory, inside the cache so that finishing is one rename
output=

# shellcheck source-path=SCRIPTDIR source=packages.sh
source "$here/packages.sh"
# shellcheck source-path=SCRIPTDIR source=initramfs.sh
source "$here/initramfs.sh"

usage() {
  cat <<'TEXT'
usage: deploy/iso/build.sh [--output FILE]

Builds the container ISO into the cache, or finds it there. Progress goes to stderr; stdout gets one line of JSON:
  {"path": "...", "sha256": "...", "bytes": N, "cached": true|false}

  --output FILE   also copy the ISO to FILE, and its checksum to FILE.sha256
  --help          show this text

examples:
  deploy/iso/build.sh                                    build once, then answer from the cache
  deploy/iso/build.sh --output anweddol-container.iso    and leave a copy here
  ANWEDDOL_CACHE=/var/cache/anweddol deploy/iso/build.sh keep the cache elsewhere (default: ~/.cache/anweddol-operator)

needs: Debian 12 on x86-64 (or a container of it) with xorriso and cpio; no root.
TEXT
}

say() { printf '%s\n' "$*" >&2; }

# One line that says what to do.
die() {
  say "build.sh: $*"
  exit 1
}

# Leaves nothing half-written behind, however the build ends.
clean() {
  if [[ -n $work ]]; then rm -rf "$work"; fi
}

read_options() {
  while (($# > 0)); do
    case $1 in
      --help | -h) usage && exit 0 ;;
      --output) [[ -n ${2:-} ]] || die '--output needs a file name'; output=$2; shift 2 ;;
      --output=?*) output=${1#*=}; shift ;;
      *) die "unknown option $1; see --help" ;;
    esac
  done
  [[ -z $output || -d $(dirname "$output") ]] || die "the folder of $output does not exist: make it first"
}

# Says all that is missing at once, as the one command that brings it.
check_host() {
  [[ $(uname -s)-$(uname -m) == Linux-x86_64 ]] || die 'needs Linux on x86-64: run it in a container, see README.md'
  command -v apt-get >/dev/null || die 'needs Debian: run it in a container, see README.md'
  local tool missing=()
  for tool in xorriso cpio; do command -v "$tool" >/dev/null || missing+=("$tool"); done
  ((${#missing[@]} == 0)) || die "missing tools: run 'apt-get install ${missing[*]}' as root"
}

# cache_key: changes when anything that can change the ISO's bytes does.
cache_key() {
  {
    echo "$offers"
    xorriso --version 2>/dev/null | head -n 1
    cpio --version | head -n 1
    cd "$here" && find build.sh packages.sh initramfs.sh packages.txt isolinux.cfg rootfs -type f -print0 | sort -z | xargs -0 sha256sum
  } | sha256sum | cut -c1-32
}

copy_boot_files() {
  mkdir -p "$work/iso/isolinux"
  cp "$work"/debian/boot/vmlinuz-* "$work/iso/vmlinuz"
  cp "$work/debian/usr/lib/ISOLINUX/isolinux.bin" "$work/debian/usr/lib/syslinux/modules/bios/ldlinux.c32" "$here/isolinux.cfg" \
    "$work/iso/isolinux/"
}

# What is inside and under which licenses, for whoever is given the ISO.
copy_notices() {
  local folder
  mkdir -p "$work/iso/copyright"
  echo "$offers" >"$work/iso/packages.txt"
  for folder in "$work"/debian/usr/share/doc/*/; do
    [[ ! -f $folder/copyright ]] || cp -L "$folder/copyright" "$work/iso/copyright/$(basename "$folder")"
  done
}

# Every date and identifier that xorriso would take from the clock is given.
make_iso() {
  local date
  date=$(date -u -d "@$epoch" +%Y%m%d%H%M%S00)
  say 'writing the ISO'
  find "$work/iso" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
  find "$work/iso" -exec touch -d "@$epoch" {} +
  SOURCE_DATE_EPOCH=$epoch xorriso -as mkisofs -quiet -o "$work/result/$name" -R -V ANWEDDOL_CONTAINER -volset ANWEDDOL_CONTAINER \
    --modification-date="$date" -uid 0 -gid 0 -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table \
    "$work/iso" >&2 2>"$work/xorriso.log" || { cat "$work/xorriso.log" >&2; die 'xorriso failed, see above'; }
  (cd "$work/result" && sha256sum "$name" >"$name.sha256")
}

# A damaged file is built again.
is_cached() {
  (cd "$cache/$key" 2>/dev/null && sha256sum --check --status "$name.sha256" 2>/dev/null)
}

build() {
  local root
  mkdir -p "$cache" 2>/dev/null || die "cannot write $cache: set ANWEDDOL_CACHE to a folder you own"
  find "$cache" -maxdepth 1 -name 'build.*' -mmin +120 -exec rm -rf {} + # left by a build that was killed
  work=$(mktemp -d "$cache/build.XXXXXX")
  root=$work/root
  mkdir -p "$work/iso" "$work/result"
  download_packages
  unpack_packages
  make_tree
  copy_programs
  copy_libraries
  copy_modules
  copy_own_files
  pack_initramfs
  copy_boot_files
  copy_notices
  make_iso
  # A build of the same key that finished first made the same bytes: its result stays.
  is_cached || rm -rf "${cache:?}/$key"
  mv -T "$work/result" "$cache/$key" 2>/dev/null || is_cached || die "cannot write $cache/$key"
}

# Replaced by rename: a reader of the old copy is not disturbed.
copy_output() {
  { cp "$cache/$key/$name" "$output.part" && mv "$output.part" "$output"; } || die "cannot write $output"
  echo "$sha256  $(basename "$output")" >"$output.sha256"
  say "copied to $output"
}

report() {
  local path=$cache/$key/$name
  path=${path//\\/\\\\}
  printf '{"path": "%s", "sha256": "%s", "bytes": %d, "cached": %s}\n' "${path//\"/\\\"}" "$sha256" \
    "$(stat -c %s "$cache/$key/$name")" "$cached"
}

main() {
  local offers key sha256 cached=true
  read_options "$@"
  check_host
  trap clean EXIT
  trap 'say "build.sh: line $LINENO failed: $BASH_COMMAND"' ERR
  trap 'exit 130' INT
  trap 'exit 143' TERM
  read_offers
  key=$(cache_key)
  if is_cached; then
    say "cached: nothing changed since it was built"
  else
    cached=false
    build
  fi
  read -r sha256 _ <"$cache/$key/$name.sha256"
  say "sha256 $sha256"
  [[ -z $output ]] || copy_output
  report
}

main "$@"
