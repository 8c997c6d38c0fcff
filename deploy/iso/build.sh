#!/usr/bin/env bash
# Builds the container ISO from Debian packages: a kernel and an initramfs that is the whole system. See README.md.
set -eEuo pipefail
export LC_ALL=C TZ=UTC
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${ANWEDDOL_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/anweddol-operator}/iso
name=anweddol-container.iso
epoch=1700000000 # every date in the ISO; fixed, so that the same packages give the same bytes
work=            # the temporary directory, inside the cache so that finishing is one rename
output=

# virtio_net brings its dependencies along; the drivers after it are loaded when their device is there.
modules=(virtio_pci virtio_net virtio-rng button evdev pvpanic-mmio pvpanic-pci)

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

# package_names: what packages.txt lists, with the kernel's stand-in replaced by the package it depends on today.
package_names() {
  local package kernel
  while read -r package _; do
    if [[ $package == linux-image-cloud-amd64 ]]; then
      kernel=$(apt-cache depends "$package" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
      package=${kernel:-$package}
    fi
    echo "$package"
  done < <(grep -E '^[a-z]' "$here/packages.txt")
}

# Fills `offers` with "package version sha256" lines, as apt's lists have them: what the build would download.
read_offers() {
  local names missing
  mapfile -t names < <(package_names)
  offers=$(apt-cache show --no-all-versions "${names[@]/%/:amd64}" 2>/dev/null | awk '
    /^Package:/ { package = $2 } /^Version:/ { version = $2 } /^SHA256:/ { sum = $2 }
    /^$/ { if (sum != "" && !(package in seen)) print package, version, sum; seen[package]; sum = "" }' | sort) || true
  missing=$(comm -23 <(printf '%s\n' "${names[@]}" | sort) <(cut -d' ' -f1 <<<"$offers"))
  [[ -z $missing ]] || die "apt has no package ${missing//$'\n'/, }: run 'apt-get update' as root (Debian 12 is needed)"
}

# cache_key: changes when anything that can change the ISO's bytes does.
cache_key() {
  {
    echo "$offers"
    xorriso --version 2>/dev/null | head -n 1
    cpio --version | head -n 1
    cd "$here" && find build.sh packages.txt isolinux.cfg rootfs -type f -print0 | sort -z | xargs -0 sha256sum
  } | sha256sum | cut -c1-32
}

# Downloads go through a store by checksum, so that a change of our own files downloads nothing again.
download_packages() {
  local package version sum wanted=()
  mkdir -p "$cache/packages" "$work/download" "$work/debian"
  while read -r package version sum; do
    [[ -e $cache/packages/$sum.deb ]] || wanted+=("$package:amd64=$version")
  done <<<"$offers"
  if ((${#wanted[@]} > 0)); then
    say "downloading ${#wanted[@]} packages"
    (cd "$work/download" && apt-get download -qq -o APT::Sandbox::User=root "${wanted[@]}") >&2 ||
      die "the download failed: run 'apt-get update' as root and try again"
    for package in "$work"/download/*.deb; do
      mv "$package" "$cache/packages/$(sha256sum "$package" | cut -d' ' -f1).deb"
    done
  fi
}

# Checked again here: the store may have been damaged since.
unpack_packages() {
  local package sum
  say 'unpacking packages'
  while read -r package _ sum; do
    echo "$sum  $cache/packages/$sum.deb" | sha256sum --check --status 2>/dev/null ||
      { rm -f "$cache/packages/$sum.deb" && die "$package is damaged or not what apt announced: run build.sh again"; }
    dpkg-deb -x "$cache/packages/$sum.deb" "$work/debian"
  done <<<"$offers"
}

# One folder of programs and one of libraries under all their usual names: no search path can miss anything.
make_tree() {
  mkdir -p "$root"/{bin,lib,usr/local/bin,etc,proc,sys,dev,run,tmp,root,home,var/log}
  ln -s bin "$root/sbin"
  ln -s lib "$root/lib64"
  ln -s ../bin "$root/usr/bin"
  ln -s ../bin "$root/usr/sbin"
  ln -s ../lib "$root/usr/lib"
  ln -s ../run "$root/var/run"
  ln -s bin/busybox "$root/init"
}

copy_programs() {
  local tool
  for tool in bin/busybox usr/sbin/sshd usr/bin/ssh-keygen usr/bin/sudo; do
    cp "$work/debian/$tool" "$root/bin/"
  done
  for tool in $("$root/bin/busybox" --list); do
    [[ -e $root/bin/$tool ]] || ln -s busybox "$root/bin/$tool"
  done
  mkdir -p "$root/usr/libexec/sudo" "$root/lib/x86_64-linux-gnu/security"
  cp "$work"/debian/usr/libexec/sudo/sudoers.so "$root/usr/libexec/sudo/"
  cp "$work"/debian/lib/x86_64-linux-gnu/security/pam_{permit,deny}.so "$root/lib/x86_64-linux-gnu/security/"
}

# The packages' own loader lists what each program needs, from the packages alone.
copy_libraries() {
  local lib=$work/debian/lib/x86_64-linux-gnu usr=$work/debian/usr/lib/x86_64-linux-gnu file list library
  local sudo=$work/debian/usr/libexec/sudo
  for file in "$root"/bin/{sshd,ssh-keygen,sudo} "$root"/usr/libexec/sudo/*.so "$root"/lib/x86_64-linux-gnu/security/*.so; do
    list=$("$lib/ld-linux-x86-64.so.2" --inhibit-cache --library-path "$lib:$usr:$sudo" --list "$file" 2>&1) || true
    library=$(sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p; s/.*libraries: \([^:]*\):.*/\1/p' <<<"$list" | head -n 1)
    [[ -z $library ]] || die "$(basename "$file") needs $library: add its package to packages.txt"
    while read -r library; do
      case $library in
        */libsudo_util.so.0) cp -Lu "$library" "$root/usr/libexec/sudo/" ;;
        *) cp -Lu "$library" "$root/lib/x86_64-linux-gnu/" ;;
      esac
    done < <(sed -n 's/^.* => \(\/[^ ]*\) (0x.*/\1/p' <<<"$list")
  done
  cp -L "$lib/ld-linux-x86-64.so.2" "$root/lib/"
}

# copy_module NAME: with all that it depends on, as the module itself says.
copy_module() {
  local source dependencies dependency
  source=$(find "$work"/debian/lib/modules/*/kernel -name "${1//[-_]/[-_]}.ko")
  [[ -n $source ]] || die "the kernel package has no module $1: fix the list in build.sh"
  cp "$source" "$target/"
  dependencies=$(tr '\0' '\n' <"$source" | sed -n 's/^depends=//p')
  for dependency in ${dependencies//,/ }; do copy_module "$dependency"; done
}

# busybox writes the indexes in the order of the directory, which differs from one build to the next.
copy_modules() {
  local version target module index
  version=$(cd "$work/debian/lib/modules" && echo *)
  target=$root/lib/modules/$version
  mkdir -p "$target"
  for module in "${modules[@]}"; do copy_module "$module"; done
  "$root/bin/busybox" depmod -b "$root" "$version"
  for index in "$target"/modules.*; do sort -o "$index" "$index"; done
}

# A checkout keeps no modes but the x bit, and not under every umask: all that matter are set here.
copy_own_files() {
  cp -r "$here/rootfs/." "$root/"
  : >"$root/var/log/lastlog"
  find "$root" -type d -exec chmod 755 {} +
  find "$root" -type f -exec chmod 644 {} +
  find "$root"/bin "$root"/etc/boot "$root"/etc/acpi "$root"/lib/x86_64-linux-gnu -type f -exec chmod 755 {} +
  chmod 755 "$root/lib/ld-linux-x86-64.so.2"
  chmod 4755 "$root/bin/sudo"
  chmod 600 "$root/etc/shadow"
  chmod 440 "$root/etc/sudoers"
  chmod 700 "$root/root"
  chmod 1777 "$root/tmp"
}

# run_packaged PROGRAM ARGUMENT...: a program of the packages with the libraries of the packages, whatever the host has.
run_packaged() {
  local lib=$work/debian/lib/x86_64-linux-gnu
  "$lib/ld-linux-x86-64.so.2" --inhibit-cache --library-path "$lib:$work/debian/usr/lib/x86_64-linux-gnu" "$work/debian/$1" "${@:2}"
}

# Sorted, owned by root, with one date and with inode numbers of cpio's own. lz4 is what an emulated CPU unpacks fastest.
pack_initramfs() {
  say 'packing the initramfs'
  find "$root" -exec touch -h -d "@$epoch" {} +
  (cd "$root" && find . -print0 | sort -z | cpio --null --create --format=newc --owner=+0:+0 --reproducible --quiet) |
    run_packaged usr/bin/lz4 -l -12 -c >"$work/iso/initrd.img"
}

copy_boot_files() {
  mkdir -p "$work/iso/isolinux"
  cp "$work"/debian/boot/vmlinuz-* "$work/iso/vmlinuz"
  cp "$work/debian/usr/lib/ISOLINUX/isolinux.bin" "$work/debian/usr/lib/syslinux/modules/bios/ldlinux.c32" "$here/isolinux.cfg" \
    "$work/iso/isolinux/"
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
  make_iso
  # A build of the same key that finished first made the same bytes: its result stays.
  mv -T "$work/result" "$cache/$key" 2>/dev/null || [[ -e $cache/$key/$name ]] || die "cannot write $cache/$key"
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
  if [[ -e $cache/$key/$name ]]; then
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
