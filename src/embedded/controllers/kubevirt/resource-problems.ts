import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { amount, canonical, thousandths } from './amounts.ts';
import { invalid, type Problem, required } from './problem.ts';

type Spec = VirtualMachineInstance['spec'];

const RESOURCES = 'spec.domain.resources';
const LEAST_REQUEST_BYTES = 1e6;

export function memoryProblems({ domain }: Spec): Problem[] {
  const { request, limit } = asked(domain, 'memory');
  const field = `${RESOURCES}.requests.memory`;
  const isTooSmall = amount(request) > 0 && amount(request) < LEAST_REQUEST_BYTES;
  return [
    ...(amount(request) < 0 ? [negative(field, request)] : []),
    ...(isTooSmall ? [invalid(field, `${field} '${canonical(request)}': must be greater than or equal to 1M.`)] : []),
    ...(amount(limit) < 0 ? [negative(`${RESOURCES}.limits.memory`, limit)] : []),
    ...(amount(limit) > 0 && amount(request) > amount(limit) ? [above('memory', request, limit)] : []),
  ];
}

export function cpuProblems({ domain }: Spec): Problem[] {
  const { request, limit } = asked(domain, 'cpu');
  const { sockets = 0, maxSockets = 0 } = domain.cpu ?? {};
  const tooMany = 'Number of sockets in CPU topology is greater than the maximum sockets allowed';
  return [
    ...(thousandths(request) < 0 ? [negative(`${RESOURCES}.requests.cpu`, request)] : []),
    ...(thousandths(limit) < 0 ? [negative(`${RESOURCES}.limits.cpu`, limit)] : []),
    ...(thousandths(limit) > 0 && thousandths(request) > thousandths(limit) ? [above('cpu', request, limit)] : []),
    ...(maxSockets > 0 && sockets > maxSockets ? [invalid('spec.domain.cpu.sockets', tooMany)] : []),
  ];
}

/** A machine must say how much memory it wants, in one way or another. */
export function missingMemory({ domain }: Spec): Problem[] {
  const { memory, resources } = domain;
  if (memory?.guest !== undefined || memory?.hugepages || amount(resources?.requests?.memory) !== 0) return [];
  const ways = ["'spec.domain.memory.guest'", "'spec.domain.memory.hugepages.size'", `'${RESOURCES}.requests.memory'`];
  const message = `no memory requested, at least one of ${ways[0]}, ${ways[1]} or ${ways[2]} must be set`;
  const { field: _, ...problem } = required('', message);
  return [problem];
}

function asked({ resources }: Spec['domain'], what: string): { request: string; limit: string } {
  return { request: String(resources?.requests?.[what] ?? '0'), limit: String(resources?.limits?.[what] ?? '0') };
}

function negative(field: string, quantity: string): Problem {
  return invalid(field, `${field} '${canonical(quantity)}': must be greater than or equal to 0.`);
}

function above(what: string, request: string, limit: string): Problem {
  const field = `${RESOURCES}.requests.${what}`;
  const message = `${field} '${canonical(request)}' is greater than ${RESOURCES}.limits.${what} '${canonical(limit)}'`;
  return invalid(field, message);
}
