import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect } from 'node:net';
import { hostAddress } from '../host-address.ts';
import type { ProbeTarget } from './probe-target.ts';

export interface ProbeAddress {
  pod: string;
  shift: boolean;
}

/** Asks once. Resolves with what was wrong, or undefined when all is well; never rejects. */
export function runProbe(target: ProbeTarget, address: ProbeAddress, signal: AbortSignal): Promise<string | undefined> {
  const { host, port } = hostAddress(address.pod, target.port, address);
  return target.kind === 'tcp' ? dial(host, port, signal) : fetchOnce(target, { host, port }, signal);
}

function dial(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (problem: string | undefined) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(problem);
    };
    const onAbort = () => finish('no answer in time');
    socket.once('connect', () => finish(undefined));
    socket.once('error', (error) => finish(error.message));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

function fetchOnce(
  target: ProbeTarget & { kind: 'http' },
  to: { host: string; port: number },
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { ...to, path: target.path, headers: target.headers, agent: false as const, signal };
    // A kubelet checks no certificate either: the pod's is its own business.
    const request = target.scheme === 'https' ? httpsGet({ ...options, rejectUnauthorized: false }) : httpGet(options);
    request.once('response', (response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      resolve(status >= 200 && status < 400 ? undefined : `HTTP probe failed with statuscode: ${status}`);
    });
    request.once('error', (error) => resolve(error.message));
  });
}
