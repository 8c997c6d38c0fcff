import { OperatorOptions } from '../../../src/main/operator/options.ts';

/** What the operator's configuration file may hold here, with the operator's own bounds. The others have values of their own. */
export const OperatorConfig = OperatorOptions.pick({
  concurrency: true,
  logLevel: true,
  logFormat: true,
  kubeApiQps: true,
  kubeApiBurst: true,
}).partial();
