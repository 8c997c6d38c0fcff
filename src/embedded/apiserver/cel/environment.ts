/** The language that rules are written in: CEL with the functions that Kubernetes adds to it. */
import { Environment } from '@marcbachmann/cel-js';
import { registerListFunctions } from './list-functions.ts';
import { registerNetworkFunctions } from './network-functions.ts';
import { registerQuantityFunctions } from './quantity-functions.ts';
import { registerTextFunctions } from './text-functions.ts';

/** Rules are evaluated with values of any type. */
export function ruleEnvironment(): Environment {
  const environment = languageEnvironment({ homogeneousLists: false });
  return environment.registerVariable('self', 'dyn').registerVariable('oldSelf', 'dyn');
}

export function languageEnvironment({ homogeneousLists }: { homogeneousLists: boolean }): Environment {
  const environment = new Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: homogeneousLists,
    limits: { maxAstNodes: 10_000, maxDepth: 100 },
  });
  registerTextFunctions(environment);
  registerListFunctions(environment);
  registerQuantityFunctions(environment);
  registerNetworkFunctions(environment);
  return environment;
}
