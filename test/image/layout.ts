/** Reads an OCI layout as a container runtime does. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';

const Descriptor = z.object({ mediaType: z.string(), digest: z.string(), size: z.number() });
const Index = z.object({ schemaVersion: z.literal(2), manifests: z.array(Descriptor).length(1) });
const Manifest = z.object({ schemaVersion: z.literal(2), config: Descriptor, layers: z.array(Descriptor) });
const Config = z.object({
  architecture: z.literal('amd64'),
  os: z.literal('linux'),
  config: z.object({
    User: z.string().optional(),
    Env: z.array(z.string()).default([]),
    Entrypoint: z.array(z.string()).default([]),
    WorkingDir: z.string().default('/'),
    StopSignal: z.string().optional(),
    Labels: z.record(z.string(), z.string()),
  }),
  rootfs: z.object({ type: z.literal('layers'), diff_ids: z.array(z.string()) }),
  history: z.array(z.object({ created: z.string() })),
});

export type ImageRun = z.infer<typeof Config>['config'];

export interface Layout {
  digest: string;
  config: z.infer<typeof Config>;
  /** Paths of the compressed layers, the lowest first. */
  layers: string[];
}

/** @throws Error when a blob is not what its descriptor says */
export async function readLayout(folder: string): Promise<Layout> {
  const index = Index.parse(JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')));
  const [entry] = index.manifests;
  if (!entry) throw new Error('the index is empty');
  const manifest = Manifest.parse(JSON.parse((await blob(folder, entry)).toString('utf8')));
  const config = Config.parse(JSON.parse((await blob(folder, manifest.config)).toString('utf8')));
  for (const layer of manifest.layers) await blob(folder, layer);
  return { digest: entry.digest, config, layers: manifest.layers.map((layer) => pathOf(folder, layer)) };
}

/** As root: with the owners that the layers name. */
export async function unpack({ layers }: Layout, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const layer of layers) await promisify(execFile)('tar', ['-xzpf', layer, '-C', folder]);
}

async function blob(folder: string, { digest, size }: z.infer<typeof Descriptor>): Promise<Buffer> {
  const content = await readFile(pathOf(folder, { digest }));
  const found = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  if (found !== digest || content.length !== size)
    throw new Error(`${digest} holds ${content.length} bytes of ${found}`);
  return content;
}

function pathOf(folder: string, { digest }: { digest: string }): string {
  return join(folder, 'blobs', digest.replace(':', '/'));
}
