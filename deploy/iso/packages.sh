# shellcheck shell=bash
# Read by build.sh: from the names in packages.txt to unpacked packages in $work/debian.
# shellcheck disable=SC2154 # work, cache and here are build.sh's

# package_names: what packages.txt lists, with the kernel's stand-in replaced by the package it depends on today.
package_names() {
  local package kernel
  while read -r package _; do
    if [[ $package == linux-image-cloud-amd64 ]]; then
      kernel=$(apt-cache depends "$package" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p') || true
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
  [[ -n $offers ]] || die "apt has no package lists: run 'apt-get update' as root"
  missing=$(comm -23 <(printf '%s\n' "${names[@]}" | sort) <(cut -d' ' -f1 <<<"$offers"))
  [[ -z $missing ]] || die "apt has no package ${missing//$'\n'/, }: this needs Debian 12 with fresh lists ('apt-get update')"
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
