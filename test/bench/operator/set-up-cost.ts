import { openEndpointShell } from '../../../src/virtualization/endpoint-shell-instance.ts';
import { startContainerSshServer } from '../../support/container-ssh-server.ts';
import { median } from '../server/median.ts';

const SAMPLES = 15;

/** Milliseconds that both logins and the setup of one container take here when nothing else runs: the median. */
export async function setUpMs(): Promise<number> {
  const samples: number[] = [];
  const signal = AbortSignal.timeout(60_000);
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    await using server = await startContainerSshServer();
    const { port } = server;
    const began = performance.now();
    const endpoint = { address: '127.0.0.1', port, listenPort: port, username: 'endpoint', password: 'endpoint' };
    await using shell = await openEndpointShell(endpoint, signal);
    await shell.administrateContainer(signal);
    samples.push(performance.now() - began);
  }
  return median(samples);
}
