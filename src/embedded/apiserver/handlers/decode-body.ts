/** A request body as an object of the resource: of the right kind, with known fields of the right types only. */
import { invalidValue } from '../base/field-error.ts';
import { asObject, asString, isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import { badRequest, invalid, KubeStatusError } from '../base/status-error.ts';
import { apiVersionOf, type Resource } from '../registry/resource.ts';
import { decodeTyped } from '../schema/decode.ts';
import { prune } from '../schema/prune.ts';
import type { ResourceRequest, Server } from './context.ts';
import type { FieldValidation } from './options.ts';

/** @throws KubeStatusError 400 for a body that is none, or of another kind */
export function readObject(request: ResourceRequest): JsonObject {
  const { body, resource } = request;
  if (!isObject(body)) {
    throw badRequest(
      `${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: ${describe(body)}`,
    );
  }
  checkKind(body, resource);
  return body;
}

export function checkKind(body: JsonObject, resource: Resource): void {
  const expected = apiVersionOf(resource);
  if (body.apiVersion === undefined || body.apiVersion === '') {
    if (resource.custom) throw unrecognized(body, body.kind ? 'apiVersion' : 'Kind', resource);
    body.apiVersion = expected;
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
      `the API version in the data (${String(body.apiVersion)}) does not match the expected API version (${expected})`,
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
  const problems = (resource.custom ? unknown.toSorted() : unknown).map(
    (field) => `unknown field ${JSON.stringify(field)}`,
  );
  if (problems.length > 0 && validation === 'Strict')
    throw new DecodeError(resource, `strict decoding error: ${problems.join(', ')}`);
  if (validation === 'Warn') request.warnings.push(...problems);
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
  return body === undefined ? 'the body is empty' : 'the body is not an object';
}
