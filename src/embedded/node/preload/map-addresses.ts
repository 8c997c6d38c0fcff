import { hostAddress, hostPort } from '../host-address.ts';
import type { PodView } from './pod-view.ts';

type Arguments = readonly unknown[];

/** The arguments of `net.Server.listen`, so that they name the pod's own address. Paths and handles stay. */
export function mapListen(view: PodView, args: Arguments): unknown[] {
  const [first, second, ...rest] = args;
  if (typeof first === 'function') return [0, view.listenHost, ...args];
  if (args.length === 0) return [0, view.listenHost];
  if (isPort(first)) {
    const others = typeof second === 'string' || second === null || second === undefined ? rest : [second, ...rest];
    return [hostPort(Number(first), view), view.listenHost, ...others];
  }
  if (!isRecord(first) || !isPort(first.port)) return [...args];
  const mapped = { ...first, host: view.listenHost, port: hostPort(Number(first.port), view) };
  return [mapped, ...args.slice(1)];
}

/** The arguments of `net.Socket.connect`, so that a pod's address becomes the one it has on this machine. */
export function mapConnect(view: PodView, args: Arguments): unknown[] {
  const [first, second, ...rest] = args;
  // What net.connect has normalised already is an array with a mark on it: changed in place, to keep the mark.
  if (Array.isArray(first)) {
    first[0] = mapTarget(view, first[0]);
    return [...args];
  }
  if (isPort(first) && typeof second === 'string') {
    const { host, port } = hostAddress(second, Number(first), view);
    return [port, host, ...rest];
  }
  return [mapTarget(view, first), ...args.slice(1)];
}

function mapTarget(view: PodView, options: unknown): unknown {
  if (!isRecord(options) || typeof options.host !== 'string' || !isPort(options.port)) return options;
  return { ...options, ...hostAddress(options.host, Number(options.port), view) };
}

function isPort(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
