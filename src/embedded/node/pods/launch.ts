import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loopbackOf } from '../host-address.ts';
import type { Image } from '../images/image-catalogue.ts';
import type { LogBuffer } from '../log-buffer.ts';
import { mapPath } from '../preload/map-path.ts';
import type { PodView } from '../preload/pod-view.ts';
import type { ContainerContext } from './container-context.ts';
import { type Container, containerEnvironment, expand } from './environment.ts';
import { ProgramProcess } from './program-process.ts';

/**
 * Starts a container's program with its variables, files and addresses.
 * @throws MissingObjectError when something that the container refers to is missing
 * @throws Error when the program can't be started
 */
export async function launch(
  container: Container,
  image: Image & { kind: 'program' },
  log: LogBuffer,
  context: ContainerContext,
): Promise<ProgramProcess> {
  const { sources, volumes, apiServer, guard } = context;
  await volumes.write();
  const environment = {
    ...image.environment,
    HOSTNAME: sources.pod.metadata.name,
    KUBERNETES_SERVICE_HOST: apiServer.host,
    KUBERNETES_SERVICE_PORT: String(apiServer.port),
    ...containerEnvironment(container, sources),
  };
  const [entryPoint, args] = [container.command ?? image.command, container.args ?? []];
  const command = [...entryPoint, ...args].map((word) => expand(word, environment));
  const view = podView(container, image, context);
  const cwd = container.workingDir ? String(mapPath(view, container.workingDir)) : image.root;
  return ProgramProcess.start({ command, cwd, environment, view, log, guard, preload: image.preload });
}

/** The file in which a container may leave its last words. */
export function terminationLog(container: Container, context: ContainerContext): string {
  return join(context.folder, 'termination', container.name);
}

function podView(container: Container, image: Image & { kind: 'program' }, context: ContainerContext): PodView {
  const log = terminationLog(container, context);
  mkdirSync(join(context.folder, 'termination'), { recursive: true });
  writeFileSync(log, '');
  const mounts = context.volumes.mounts(container);
  mounts.push({ path: container.terminationMessagePath ?? '/dev/termination-log', target: log });
  const keep = [context.folder, image.root, ...mounts.map(({ target }) => target)];
  const listenHost = loopbackOf(context.sources.addresses.pod) ?? context.sources.addresses.pod;
  return { listenHost, shift: context.shift, keep, mounts };
}
