/**
 * ValidatingAdmissionPolicies as they are bound: the last word on a write. There are no parameters and no audit annotations.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
import type { Authorizer } from '../../auth/authorizer.ts';
import { asArray, asObject, asString } from '../../base/json.ts';
import { labelsOf, type StoredObject, specOf } from '../../base/kube-object.ts';
import { forbidden, KubeStatusError } from '../../base/status-error.ts';
import type { Operation, ResourceRequest } from '../../handlers/context.ts';
import { subjectOf } from '../../handlers/subject.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { type CompiledPolicy, compilePolicy, type Violation } from './compile.ts';
import { inputOf } from './input.ts';
import { matchesResources, type Write } from './match.ts';

const GROUP = 'admissionregistration.k8s.io';
const CODES: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413 };

export class AdmissionPolicies {
  readonly #store: ObjectStore;
  readonly #authorizer: Authorizer;
  /** Once for each stored version of a policy. */
  readonly #compiled = new WeakMap<StoredObject, CompiledPolicy>();

  constructor(store: ObjectStore, authorizer: Authorizer) {
    this.#store = store;
    this.#authorizer = authorizer;
  }

  /** @throws KubeStatusError when a policy denies the write */
  enforce(
    request: ResourceRequest,
    operation: Operation,
    object: StoredObject | undefined,
    oldObject: StoredObject | undefined,
  ): void {
    // Whatever they say, they can be mended.
    if (request.resource.group === GROUP) return;
    const bindings = this.#collection('validatingadmissionpolicybindings').list();
    if (bindings.length === 0) return;
    const write = { request, operation, object, oldObject, namespaceLabels: this.#namespaceLabels(request) };
    for (const binding of bindings) this.#enforceBound(binding, write);
  }

  #enforceBound(binding: StoredObject, write: Write): void {
    const { policyName, matchResources, validationActions } = specOf(binding);
    const policy = this.#collection('validatingadmissionpolicies').get(undefined, asString(policyName));
    if (!policy || !matchesResources(asObject(specOf(policy).matchConstraints), write, 'none')) return;
    if (!matchesResources(asObject(matchResources), write, 'all')) return;
    const [violation] = this.#programOf(policy)(inputOf(this.#authorizer, write));
    if (!violation) return;
    const actions = asArray(validationActions);
    const names = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
    if (actions.includes('Warn')) write.request.warnings.push(`Validation failed for ${names}: ${violation.message}`);
    if (actions.includes('Deny')) throw denial(names, violation, write);
  }

  #programOf(policy: StoredObject): CompiledPolicy {
    const known = this.#compiled.get(policy) ?? compilePolicy(specOf(policy));
    this.#compiled.set(policy, known);
    return known;
  }

  #namespaceLabels({ namespace }: ResourceRequest): Record<string, string> | undefined {
    if (namespace === undefined) return undefined;
    const found = this.#store.collection('namespaces').get(undefined, namespace);
    return found ? labelsOf(found) : {};
  }

  #collection(plural: string) {
    return this.#store.collection(`${plural}.${GROUP}`);
  }
}

function denial(names: string, { message, reason }: Violation, { request, object, oldObject }: Write): KubeStatusError {
  const name = (object ?? oldObject)?.metadata.name;
  const why = `${names} denied request: ${message}`;
  const { message: text, details } = forbidden(subjectOf(request, name), why);
  return new KubeStatusError(CODES[reason] ?? 422, reason, text, { ...details, causes: [{ message: why }] });
}
