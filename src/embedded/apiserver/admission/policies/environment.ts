/** The language of policies. */
import type { Environment } from '@marcbachmann/cel-js';
import { languageEnvironment } from '../../cel/environment.ts';
import { registerAuthorizer } from './authorizer-value.ts';

export function policyEnvironment(): Environment {
  const environment = languageEnvironment({ homogeneousLists: false });
  registerAuthorizer(environment);
  for (const name of ['object', 'oldObject', 'request', 'variables']) environment.registerVariable(name, 'dyn');
  return environment;
}
