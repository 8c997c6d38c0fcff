import { CONTAINER_FLOWS } from './container-flows.ts';
import { DELETION } from './deletion.ts';
import { EDIT_FLOWS, EDIT_WITH_PODS } from './edits.ts';
import type { Flow } from './flow.ts';
import { LEADER_FLOW } from './leader-flow.ts';
import { SERVER_FLOWS } from './server-flows.ts';
import { TOKEN_FLOWS } from './token-flows.ts';

export const FLOWS: Flow[] = [
  ...SERVER_FLOWS,
  DELETION,
  LEADER_FLOW,
  ...CONTAINER_FLOWS,
  ...TOKEN_FLOWS,
  EDIT_WITH_PODS,
  ...EDIT_FLOWS,
];

const SHORT_NAMES = new Set([
  'created',
  'create-cold',
  'create-warm',
  'destroy',
  'expiry',
  'token-revoked',
  'edit-containers.maxRunning',
]);

/** The part that there is time for in every test run. */
export const SHORT_FLOWS: Flow[] = FLOWS.filter(({ name }) => SHORT_NAMES.has(name));
