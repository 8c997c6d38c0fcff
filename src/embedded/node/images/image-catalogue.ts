import { createHash } from 'node:crypto';

/** What an image reference stands for on a node that pulls nothing. */
export type Image =
  /**
   * `command` is the entry point and `environment` what the image sets; `root` holds the program's own files, and no path
   * in it is ever mapped to a volume. `preload` is the node's preload as a bundled file; its source takes 20 MB more.
   */
  | {
      kind: 'program';
      command: readonly string[];
      root: string;
      environment?: Readonly<Record<string, string>>;
      preload?: string;
    }
  /** A container disk or an image volume: an ISO file, or a folder that stands for the image's root. */
  | { kind: 'disk'; path: string };

export interface ImageCatalogue {
  /** By reference, as written in pods and machines. */
  images: ReadonlyMap<string, Image>;
  /** Disk files by the `namespace/name` of the PersistentVolumeClaim that holds them. */
  claims?: ReadonlyMap<string, string> | undefined;
}

/** The reference's own digest, else one made from its text, in the form a kubelet reports: `name@sha256:…`. */
export function imageId(reference: string): string {
  if (/@sha256:[0-9a-f]{64}$/.test(reference)) return reference;
  const name = reference.replace(/:[^/:]*$/, '');
  return `${name}@sha256:${createHash('sha256').update(reference).digest('hex')}`;
}
