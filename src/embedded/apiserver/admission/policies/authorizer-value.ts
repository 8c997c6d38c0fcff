/** What expressions ask about the rights of whoever makes the request: `authorizer.group('').resource('pods').check('get')`. */
import type { Environment } from '@marcbachmann/cel-js';
import type { Access } from '../../auth/rules.ts';

interface Decision {
  allowed: boolean;
  reason?: string;
}

export class AuthorizerValue {
  readonly decide: (access: Access) => Decision;

  constructor(decide: (access: Access) => Decision) {
    this.decide = decide;
  }
}

type ResourceAccess = Omit<Exclude<Access, { path: string }>, 'verb'>;

class ResourceCheck {
  readonly decide: AuthorizerValue['decide'];
  readonly of: ResourceAccess;

  constructor({ decide }: Pick<AuthorizerValue, 'decide'>, of: ResourceAccess) {
    this.decide = decide;
    this.of = of;
  }

  with(more: Partial<ResourceAccess>): ResourceCheck {
    return new ResourceCheck(this, { ...this.of, ...more });
  }
}

class DecisionValue {
  readonly decision: Decision;

  constructor(decision: Decision) {
    this.decision = decision;
  }
}

const [AUTHORIZER, GROUP, RESOURCE, DECISION] = ['Authorizer', 'GroupCheck', 'ResourceCheck', 'Decision'].map(
  (name) => `kubernetes.authorization.${name}`,
);

/** A group without a resource can't be asked about, and is a type of its own. */
class GroupCheck extends ResourceCheck {}

/** @see https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-authorizer-library */
export function registerAuthorizer(environment: Environment): void {
  environment
    .registerType(`${AUTHORIZER}`, { ctor: AuthorizerValue, fields: {} })
    .registerType(`${GROUP}`, { ctor: GroupCheck, fields: {} })
    .registerType(`${RESOURCE}`, { ctor: ResourceCheck, fields: {} })
    .registerType(`${DECISION}`, { ctor: DecisionValue, fields: {} })
    .registerVariable('authorizer', `${AUTHORIZER}`)
    .registerFunction(
      `${AUTHORIZER}.group(string): ${GROUP}`,
      (authorizer: AuthorizerValue, group: string) => new GroupCheck(authorizer, { group, resource: '' }),
    )
    .registerFunction(
      `${GROUP}.resource(string): ${RESOURCE}`,
      (check: GroupCheck, resource: string) => new ResourceCheck(check, { ...check.of, resource }),
    )
    .registerFunction(`${RESOURCE}.check(string): ${DECISION}`, ({ decide, of }: ResourceCheck, verb: string) => {
      return new DecisionValue(decide({ verb, ...of }));
    })
    .registerFunction(`${DECISION}.allowed(): bool`, ({ decision }: DecisionValue) => decision.allowed)
    .registerFunction(`${DECISION}.reason(): string`, ({ decision }: DecisionValue) => decision.reason ?? '');
  for (const member of ['subresource', 'namespace', 'name'] as const) {
    environment.registerFunction(`${RESOURCE}.${member}(string): ${RESOURCE}`, (check: ResourceCheck, value: string) =>
      check.with({ [member]: value }),
    );
  }
}
