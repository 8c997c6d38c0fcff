/** `npm run demo`: the whole path on this machine, from `kubectl apply` to a shell in a virtual machine and back to nothing. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startInMemoryControlPlane } from '../embedded/cluster/start-in-memory-control-plane.ts';
import type { ControlPlane } from '../embedded/control-plane.ts';
import { startRealControlPlane } from '../embedded/controlplane/start-real-control-plane.ts';
import { createLog } from '../observability/log.ts';
import { systemClock as clock } from '../runtime/system-clock.ts';
import { containerIso } from './demo/container-iso.ts';
import { controlPlanePrograms } from './demo/control-plane-programs.ts';
import { runFolder } from './demo/folders.ts';
import { requireFreePorts } from './demo/free-ports.ts';
import { installRelease, lifeOfRelease } from './demo/helm-release.ts';
import { serverAddress, startLab, startOperator, untilNothingIsLeft } from './demo/lab.ts';
import { applyManifests, manifestsOf } from './demo/manifests.ts';
import { Progress } from './demo/progress.ts';
import { DEMO_TOOLS, installTools } from './demo/tools.ts';
import { walkThrough } from './demo/walkthrough.ts';
import { stopSignal } from './stop-signal.ts';

const USAGE = `usage: npm run demo [-- --keep] [--helm] [--control-plane real]

Starts a small cluster in this process (nothing else is needed, and nothing outside the cache is left), runs the
operator in it, applies deploy/samples/server.yaml and access-token.yaml, and does what a client does.

  --keep                 leave it running and say what to try; Ctrl-C ends it
  --helm                 the operator is installed by a real helm from the chart; then it is upgraded while somebody is in a
                         container, taken out, and put in again
  --control-plane real   instead of the API server and controllers inside this process: etcd, kube-apiserver,
                         kube-controller-manager, and KubeVirt's virt-api and virt-controller, built once with Go
                         (about 8 minutes)
  --help                 show this text
`;

const HOST = '127.0.0.1';
/** What a newcomer applies. */
const SAMPLES = ['deploy/samples/server.yaml', 'deploy/samples/access-token.yaml'];
/** Of the server in them: its own, and one for each of its containers. */
const PORTS = [6150, 10_000, 10_001, 10_002];
const LAB = { namespace: 'default', name: 'lab', key: 'default/lab' };
/** Longer than any step takes on a slow machine without hardware virtualization. */
const PATIENCE_MS = 180_000;

async function demo({ keep, real, helm }: Options, signal: AbortSignal): Promise<void> {
  const progress = new Progress((text) => process.stdout.write(text), performance.now());
  await requireFreePorts(HOST, PORTS);
  await installTools(DEMO_TOOLS, (line) => progress.step(line));
  const iso = await containerIso((line) => progress.detail(line), signal);
  progress.step(
    `container ISO ${iso.cached ? 'found in the cache' : 'built'}: ${iso.bytes >> 20} MiB, SHA-256 ${iso.sha256}`,
  );

  const log = createLog('anweddol-demo', process.env.LOG_LEVEL ?? 'silent');
  const folder = await runFolder('demo');
  try {
    const within = () => AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    await using controlPlane = closing(
      real ? await realControlPlane(folder.path, progress, within()) : await startInMemoryControlPlane({ clock, log }),
    );
    const options = { isoPath: iso.path, folder: folder.path, host: HOST, controlPlane, log, signal };
    const programs = helm ? await controlPlanePrograms((line) => progress.step(line)) : '';
    await using lab = await startLab({ ...options, withoutDefinitions: helm });
    const release = () => ({
      helm: join(programs, 'helm'),
      kubeconfig: lab.kubeconfigPath,
      folder: folder.path,
      signal: within(),
    });
    if (helm) {
      progress.step('cluster is up');
      await installRelease(release());
      progress.step('helm install: definitions, rights, and the operator is ready');
    } else {
      progress.step('cluster is up, CustomResourceDefinition applied');
      await startOperator({ ...lab, ...options, signal: within() });
      progress.step('operator is ready');
    }
    for (const sample of SAMPLES) await applyManifests(lab.kube, await manifestsOf(sample), within());
    progress.step('AnweddolServer "lab" applied');
    const server = await serverAddress(lab, LAB.key, within());
    progress.step(`server pods answer at ${server.host}:${server.port}`);
    await walkThrough(server, progress, within());
    if (helm) await lifeOfRelease(lab, { ...LAB, address: server }, release(), progress);
    await untilNothingIsLeft(lab, within());
    progress.step('nothing is left: no machine, no credentials, no endpoint, no QEMU process');
    if (keep) await untilStopped(lab.kubeconfigPath, `${server.host}:${server.port}`, signal);
  } finally {
    await folder.remove();
    progress.step('stopped');
  }
}

async function realControlPlane(folder: string, progress: Progress, signal: AbortSignal): Promise<ControlPlane> {
  // The build may take longer than anything else here.
  const programs = await controlPlanePrograms((line) => progress.step(line));
  const options = { programs, folder: join(folder, 'control-plane'), clock, signal };
  const controlPlane = await startRealControlPlane(options);
  progress.step(`kube-apiserver ${controlPlane.version} is ready, with its controllers and KubeVirt's`);
  return controlPlane;
}

function closing(controlPlane: ControlPlane): ControlPlane & AsyncDisposable {
  return { ...controlPlane, [Symbol.asyncDispose]: () => controlPlane.close() };
}

async function untilStopped(kubeconfig: string, address: string, signal: AbortSignal): Promise<void> {
  process.stdout.write(`
It is still running. In another terminal:
  export KUBECONFIG=${kubeconfig}
  kubectl get anwdl                                the server
  kubectl describe anwdl lab                       and what is known of it
  kubectl explain anweddolserver.spec.containers   what can be set
  npm run -s anwdl -- ssh ${address} --insecure   a shell in a fresh container (each demo has a new key)
  kubectl get vmi,secret,endpointslices            what it is made of
Ctrl-C ends it and leaves nothing behind.
`);
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name !== 'TimeoutError') return error.message;
  return `nothing happened for ${PATIENCE_MS / 1000} s after the last line; LOG_LEVEL=info npm run demo says more`;
}

const CONTROL_PLANES = ['in-memory', 'real'];

interface Options {
  help: boolean;
  keep: boolean;
  real: boolean;
  helm: boolean;
}

/** @throws Error with the one line to print */
function readArguments(): Options {
  const { values } = parseArgs({
    options: {
      keep: { type: 'boolean', default: false },
      helm: { type: 'boolean', default: false },
      'control-plane': { type: 'string', default: 'in-memory' },
      help: { type: 'boolean', default: false },
    },
  });
  const controlPlane = values['control-plane'];
  if (!CONTROL_PLANES.includes(controlPlane)) {
    throw new Error(`--control-plane takes ${CONTROL_PLANES.join(' or ')}, not "${controlPlane}"`);
  }
  return { help: values.help, keep: values.keep, helm: values.helm, real: controlPlane === 'real' };
}

async function main(options: Options): Promise<void> {
  const signal = stopSignal();
  try {
    await demo(options, signal);
  } catch (error) {
    if (!signal.aborted) process.stderr.write(`demo: ${explained(error)}\n`);
    process.exitCode = signal.aborted ? 130 : 1;
  }
}

try {
  const options = readArguments();
  if (options.help) process.stdout.write(USAGE);
  else await main(options);
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
