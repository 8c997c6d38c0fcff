import type { ContainerCredentials } from './container-credentials.ts';

/** An SSH session of the server's with a container, as the ISO's bootstrap user. */
export interface EndpointShell extends AsyncDisposable {
  /**
   * Makes a fresh user in the container (setup script, through sudo), which also locks the bootstrap user, and logs in
   * once as the new user to prove it. @throws `VirtualizationError` `EndpointShellFailed`
   */
  administrateContainer(signal: AbortSignal): Promise<ContainerCredentials>;
  closeShell(): Promise<void>;
}
