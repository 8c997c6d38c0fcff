/** `kubectl --as`: a request in somebody else's name, by one who may. */
import { badRequest } from '../base/status-error.ts';
import type { Authorizer } from './authorizer.ts';
import { accessDenied } from './forbidden.ts';
import type { Access } from './rules.ts';
import { AUTHENTICATED, type User } from './user.ts';

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/**
 * @param headers by lower-case name
 * @param access what the request is for
 * @throws KubeStatusError 403 for one who may not impersonate the user or one of the groups, 400 for groups without a user
 */
export function impersonated(user: User, headers: NodeJS.Dict<string[]>, access: Access, authorizer: Authorizer): User {
  const [name = ''] = headers['impersonate-user'] ?? [];
  const asked = headers['impersonate-group'] ?? [];
  if (name === '' && asked.length === 0) return user;
  if (name === '') throw badRequest('requested groups without impersonating a user name');
  const [, namespace, account] = ACCOUNT.exec(name) ?? [];
  const targets: Access[] = [
    {
      verb: 'impersonate',
      group: '',
      ...(account ? { resource: 'serviceaccounts', namespace, name: account } : { resource: 'users', name }),
    },
    ...asked.map((group) => ({ verb: 'impersonate', group: '', resource: 'groups', name: group })),
  ];
  if (!targets.every((target) => authorizer.isAllowed(user, target))) {
    const mode = account ? 'serviceaccount' : 'user-info';
    throw accessDenied(user, { ...access, verb: `impersonate-on:${mode}:${access.verb}` });
  }
  const own = account ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] : [];
  return { name, groups: [...new Set([...(asked.length > 0 ? asked : own), AUTHENTICATED])] };
}
