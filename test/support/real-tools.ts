/** What a test run has of real Kubernetes: one control plane for all its tests, and the command lines. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { startRealControlPlane } from '../../src/embedded/controlplane/start-real-control-plane.ts';
import { controlPlanePrograms } from '../../src/main/demo/control-plane-programs.ts';
import { runFolder } from '../../src/main/demo/folders.ts';
import { runScript } from '../../src/main/demo/run-script.ts';
import { findProgram } from '../../src/main/demo/tools.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';

export interface RealTools {
  /**
   * For the tests: `CONTROL_PLANE`, `CONTROL_PLANE_PROGRAMS`, `KUBECTL`, `HELM`, `HELM3`, `KUBECONFORM`, `KUBE_SCORE` and
   * `MONITORING_DEFINITIONS`, as far as there are any.
   */
  environment: Record<string, string>;
  close(): Promise<void>;
}

const START_MS = 120_000;
/** The first minor release of kubectl that reads all it needs of a cluster from OpenAPI v3. */
const OLDEST_KUBECTL_MINOR = 30;

/**
 * Builds the programs unless the cache has them, and starts the control plane. Where that can't be done, says so loudly, and
 * what needs it is skipped; with `CONTROL_PLANE=required` it throws instead.
 * @param options.withChartTools whether another helm, kubeconform and kube-score are built as well
 */
export async function realTools(
  say: (line: string) => void,
  { withChartTools = false }: { withChartTools?: boolean } = {},
): Promise<RealTools> {
  if (process.env.CONTROL_PLANE && process.env.CONTROL_PLANE !== 'required') {
    return { environment: await kubectlOnPath(), close: async () => {} };
  }
  try {
    const programs = await controlPlanePrograms(say);
    const tools = withChartTools ? await chartTools(say) : {};
    const { environment, close } = await started(programs, say);
    return { environment: { ...environment, ...tools }, close };
  } catch (error) {
    if (process.env.CONTROL_PLANE === 'required') throw error;
    say(`*** ${error instanceof Error ? error.message : String(error)}`);
    say('*** SKIPPED: every test on a real control plane. Install Go 1.26, or set KUBEBUILDER_ASSETS.');
    return { environment: { CONTROL_PLANE: '', ...(await kubectlOnPath()) }, close: async () => {} };
  }
}

async function started(programs: string, say: (line: string) => void): Promise<RealTools> {
  const folder = await runFolder('control-plane');
  const since = performance.now();
  const controlPlane = await startRealControlPlane({
    programs,
    folder: join(folder.path, 'control-plane'),
    clock,
    signal: AbortSignal.timeout(START_MS),
  });
  const { url, caCertificate, adminToken, version } = controlPlane;
  say(`control plane ${version} with KubeVirt ready after ${((performance.now() - since) / 1000).toFixed(1)} s`);
  const connection = join(folder.path, 'connection.json');
  await writeFile(connection, JSON.stringify({ url, caCertificate, adminToken, version }), { mode: 0o600 });
  return {
    environment: {
      CONTROL_PLANE: connection,
      CONTROL_PLANE_PROGRAMS: programs,
      KUBECTL: process.env.KUBECTL ?? join(programs, 'kubectl'),
      HELM: process.env.HELM ?? join(programs, 'helm'),
    },
    async close() {
      await controlPlane.close();
      await folder.remove();
    },
  };
}

/** What the chart is held to besides. @throws Error with the build's last line */
async function chartTools(say: (line: string) => void): Promise<Record<string, string>> {
  const { path } = z.object({ path: z.string() }).parse(await runScript('test/tools/build.sh', say));
  return {
    HELM3: join(path, 'helm3'),
    KUBECONFORM: join(path, 'kubeconform'),
    KUBE_SCORE: join(path, 'kube-score'),
    MONITORING_DEFINITIONS: join(path, 'monitoring'),
  };
}

async function kubectlOnPath(): Promise<Record<string, string>> {
  if (process.env.KUBECTL) return {};
  const program = await findProgram('kubectl');
  if (!program) return {};
  const { stdout } = await promisify(execFile)(program, ['version', '--client', '-o', 'json']);
  const minor = Number.parseInt(JSON.parse(stdout).clientVersion.minor, 10);
  return minor >= OLDEST_KUBECTL_MINOR ? { KUBECTL: program } : {};
}
