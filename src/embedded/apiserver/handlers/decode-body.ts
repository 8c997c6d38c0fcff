/** A request body as an object of the resource: of the right kind, with known fields of the right types only. */
import { invalidValue } from '../base/field-error.ts';
import { asObject, asString, isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import { badRequest, invalid, KubeStatusError } from '../base/status-error.ts';
import { canonicalize } from '../kinds/canonical.ts';
import { apiVersionOf, type Resource } from '../registry/resource.ts';
import { decodeTyped } from '../schema/decode.ts';
import { prune } from '../schema/prune.ts';
import type { ResourceRequest, Server } from './context.ts';
import type { FieldValidation } from './options.ts';
import { textProblems } from './text-problems.ts';

/** @throws KubeStatusError 400 for a body that is none, or of another kind */
export function readObject(request: ResourceRequest): JsonObject {
  const { resource } = request;
  const body = request.body === null ? {} : request.body;
  if (!isObject(body)) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): couldn't get version/kind; json parse error: ${describe(body)}`,
    );
  }
  checkKind(body, resource);
  return body;
}

export function checkKind(body: JsonObject, resource: Resource): void {
  const expected = apiVersionOf(resource);
  if (body.apiVersion === undefined || body.apiVersion === '') {
    if (resource.custom && !body.kind) throw unrecognized(body, 'Kind', resource);
    if (!resource.custom) body.apiVersion = expected;
  }
  if (body.kind === undefined || body.kind === '') {
    if (resource.custom) throw unrecognized(body, 'Kind', resource);
    body.kind = resource.kind;
  }
  if (!resource.custom && (body.apiVersion !== expected || body.kind !== resource.kind)) {
    throw badRequest(
      `${String(body.kind)} in version ${JSON.stringify(String(body.apiVersion).split('/').at(-1))} cannot be handled as a ${resource.kind}: ` +
        `no kind ${JSON.stringify(body.kind)} is registered for version ${JSON.stringify(body.apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  if (body.apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${asString(body.apiVersion)}) does not match the expected API version (${expected})`,
    );
  }
  if (body.kind !== resource.kind) {
    const subject = {
      group: resource.group,
      resource: asString(body.kind),
      name: asString(asObject(body.metadata).name),
    };
    throw invalid(subject, [invalidValue('kind', body.kind, `must be ${resource.kind}`)]);
  }
}

/** @throws KubeStatusError 400 for an object that belongs to another URL */
export function checkPlace(body: JsonObject, { name, namespace }: ResourceRequest): void {
  const metadata = asObject(body.metadata);
  if (!metadata.name) {
    throw badRequest(`the name of the object (${name ?? ''} based on URL) was undeterminable: name must be provided`);
  }
  if (metadata.name !== name) {
    throw badRequest(
      `the name of the object (${String(metadata.name)}) does not match the name on the URL (${name ?? ''})`,
    );
  }
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

function unrecognized(body: JsonObject, missing: string, { kind }: Resource): Error {
  const text = JSON.stringify(body);
  const beginning = text.length > 30 ? `${text.slice(0, 30)} ...` : text;
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): Object '${missing}' is missing in '${text}' (${beginning})`,
  );
}

/**
 * The object without fields that the schema does not know.
 * @throws KubeStatusError 400 for values of a wrong type, and for unknown fields when validation is strict
 */
export function conform(
  object: JsonObject,
  request: ResourceRequest,
  server: Server,
  validation: FieldValidation,
): StoredObject {
  const { resource } = request;
  const { object: known, unknown } = prune(object, resource.schema, server.metadataSchema);
  const metadata = isObject(known.metadata) ? known.metadata : {};
  const mistyped = resource.custom ? decodeTyped(metadata, server.metadataSchema) : decodeTyped(known, resource.schema);
  if (mistyped) throw new DecodeError(resource, mistyped);
  const unreadable = resource.custom ? undefined : canonicalize(known, resource.schema);
  if (unreadable) throw new DecodeError(resource, unreadable);
  if (validation !== 'Ignore') {
    const unknownFields = (resource.custom ? unknown.toSorted() : unknown).map(
      (field) => `unknown field ${JSON.stringify(field)}`,
    );
    const problems = [...textProblems(request, validation === 'Strict'), ...unknownFields];
    if (problems.length > 0 && validation === 'Strict')
      throw new DecodeError(resource, `strict decoding error: ${problems.join(', ')}`);
    request.warnings.push(...problems);
  }
  return { ...known, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata };
}

/** A body that is no object of its kind. */
export class DecodeError extends KubeStatusError {
  readonly problem: string;

  constructor({ kind, version }: Resource, problem: string) {
    super(
      400,
      'BadRequest',
      `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${problem}`,
    );
    this.problem = problem;
  }
}

function describe(body: JsonValue | undefined): string {
  if (body === undefined) return 'unexpected end of JSON input (<empty>)';
  const type = Array.isArray(body) ? 'array' : typeof body;
  return `json: cannot unmarshal ${type} into Go value (${Buffer.from(JSON.stringify(body)).toString('hex').slice(0, 60)})`;
}
