/** The refusal of a request, in the API server's words. */
import { forbidden, KubeStatusError } from '../base/status-error.ts';
import type { Access } from './rules.ts';
import type { User } from './user.ts';

export function accessDenied(user: User, access: Access): KubeStatusError {
  const who = `User ${JSON.stringify(user.name)} cannot ${access.verb}`;
  if ('path' in access) {
    return new KubeStatusError(403, 'Forbidden', `forbidden: ${who} path ${JSON.stringify(access.path)}`, {});
  }
  const { group, resource, subresource, namespace, name } = access;
  const what = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  const why = `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
  return forbidden({ group, resource, name }, why);
}
