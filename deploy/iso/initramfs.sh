# shellcheck shell=bash
# Read by build.sh: from $work/debian and rootfs/ to the tree $root, and from there to $work/iso/initrd.img.
# shellcheck disable=SC2154 # work, here, root and epoch are build.sh's

# virtio_net brings its dependencies along; the drivers after it are loaded when their device is there.
modules=(virtio_pci virtio_net virtio-rng button evdev pvpanic-mmio pvpanic-pci)

pam_modules=(lib/x86_64-linux-gnu/security/pam_permit.so lib/x86_64-linux-gnu/security/pam_deny.so)

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
  for tool in "${pam_modules[@]}"; do cp "$work/debian/$tool" "$root/$tool"; done
}

# packaged PROGRAM ARGUMENT...: runs a program of the packages with their loader and libraries, whatever the host has. Paths are
# relative because a library path cannot hold every character that a folder's name can.
packaged() {
  (
    cd "$work/debian" || exit
    lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 --inhibit-cache \
      --library-path lib/x86_64-linux-gnu:usr/lib/x86_64-linux-gnu:usr/libexec/sudo "$@"
  )
}

# The loader says what each program needs. A library that it finds outside the packages is the host's: as good as missing.
copy_libraries() {
  local file list missing library target
  for file in usr/sbin/sshd usr/bin/ssh-keygen usr/bin/sudo usr/libexec/sudo/sudoers.so "${pam_modules[@]}"; do
    list=$(packaged --list "$file" 2>&1) || true
    missing=$(sed -n 's/^[[:space:]]*\([^ ]*\) => \(not found\|\/\).*/\1/p; s/.*shared libraries: \([^:]*\):.*/\1/p' <<<"$list")
    [[ -z $missing ]] || die "$file needs ${missing//$'\n'/, }: add the package to packages.txt"
    while read -r library; do
      target=$root/lib/x86_64-linux-gnu
      if [[ $library == usr/libexec/sudo/* ]]; then target=$root/usr/libexec/sudo; fi
      cp -L "$work/debian/$library" "$target/"
    done < <(sed -n 's/^.* => \([^ ]*\) (0x.*/\1/p' <<<"$list")
  done
  [[ -e $root/lib/x86_64-linux-gnu/libc.so.6 ]] || die 'the loader of the packages does not run here: use a container, see README.md'
  cp -L "$work/debian/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" "$root/lib/"
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
  ln -s sudo "$root/etc/pam.d/sudo-i"
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

# Sorted, owned by root, with one date and with inode numbers of cpio's own. lz4 is what an emulated CPU unpacks fastest.
pack_initramfs() {
  say 'packing the initramfs'
  find "$root" -exec touch -h -d "@$epoch" {} +
  (cd "$root" && find . -print0 | sort -z | cpio --null --create --format=newc --owner=+0:+0 --reproducible --quiet) |
    packaged usr/bin/lz4 -l -12 -c >"$work/iso/initrd.img"
}
