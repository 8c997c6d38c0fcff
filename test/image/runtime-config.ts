/** What runc is told of a container: pure. @see https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config.md */
import type { ImageRun } from './layout.ts';

export interface ContainerWish {
  image: ImageRun;
  /** The unpacked image: an absolute path. */
  rootfs: string;
  /** In place of the image's entry point, as `command` of a pod. */
  command?: string[] | undefined;
  /** After either, as `args` of a pod. */
  args: string[];
  env: Record<string, string>;
  /** Read-only, but for those marked. */
  mounts: { source: string; path: string; writable?: boolean }[];
  /** In bytes; absent where the kernel can't hold a container to it. */
  memory?: number | undefined;
  cgroup: string;
}

const NONE = { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [] };
const MASKED = ['/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/timer_list', '/proc/sched_debug', '/sys/firmware'];
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/**
 * As the restricted Pod Security Standard has it, but for seccomp, whose default profile is a container engine's own. The
 * container is in the network namespace of whoever runs it.
 */
export function runtimeConfig({ image, rootfs, command, args, env, mounts, memory, cgroup }: ContainerWish): object {
  const [uid = 0, gid = 0] = (image.User ?? '0:0').split(':').map(Number);
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid, gid },
      args: [...(command ?? image.Entrypoint), ...args],
      env: [...image.Env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
      cwd: image.WorkingDir,
      capabilities: NONE,
      noNewPrivileges: true,
    },
    root: { path: rootfs, readonly: true },
    hostname: 'image-test',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      {
        destination: '/dev',
        type: 'tmpfs',
        source: 'tmpfs',
        options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
      },
      ...mounts.map(({ source, path, writable }) => ({
        destination: path,
        type: 'bind',
        source,
        options: ['bind', writable ? 'rw' : 'ro', 'nosuid', 'nodev'],
      })),
    ],
    linux: {
      namespaces: ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      cgroupsPath: cgroup,
      ...(memory && { resources: { memory: { limit: memory } } }),
      maskedPaths: MASKED,
      readonlyPaths: READ_ONLY,
    },
  };
}
