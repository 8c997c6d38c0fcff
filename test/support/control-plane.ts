import { readFile } from 'node:fs/promises';
import * as z from 'zod';

const Connection = z.object({
  url: z.string(),
  /** PEM. */
  caCertificate: z.string(),
  /** Bearer token of a member of `system:masters`. */
  adminToken: z.string(),
  /** Of Kubernetes, such as `v1.36.4`. */
  version: z.string(),
});
export type Connection = z.infer<typeof Connection>;

/** The real control plane of this test run, which `test/run.ts` starts; absent where the machine can't have one. */
export async function sharedControlPlane(): Promise<Connection | undefined> {
  const path = process.env.CONTROL_PLANE;
  return path ? Connection.parse(JSON.parse(await readFile(path, 'utf8'))) : undefined;
}
