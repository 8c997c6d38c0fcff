/** RFC 6902, with what the API server allows beyond it, and its refusals. */
import jsonPatch from 'fast-json-patch';
import { clone, isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { badRequest, KubeStatusError } from '../base/status-error.ts';

const MAX_OPERATIONS = 10_000;

/** @throws KubeStatusError 400 for what is no patch, 422 when an operation does not fit the object, `test` included */
export function applyJsonPatch(object: JsonObject, patch: JsonValue): JsonObject {
  let document: JsonValue = clone(object);
  try {
    for (const operation of readOperations(patch)) {
      document = jsonPatch.applyOperation(document, asStandard(operation, document), true, true).newDocument;
    }
  } catch (error) {
    if (error instanceof KubeStatusError) throw error;
    throw unprocessable();
  }
  if (!isObject(document)) throw unprocessable();
  return document;
}

type Operation = jsonPatch.Operation & { value?: JsonValue; from?: string };

/** The operation as the standard has it, where the API server takes it more lightly. */
function asStandard(operation: Operation, document: JsonValue): jsonPatch.Operation {
  const { op, path, value = null } = operation;
  if (path === '') return operation;
  const { parent, key } = place(path, document);
  const standardPath = Array.isArray(parent)
    ? fromTheEnd(path, key, op === 'add' ? parent.length + 1 : parent.length)
    : path;
  const isNew = isObject(parent) && parent[key] === undefined;
  switch (op) {
    case 'add':
      return { op, path: standardPath, value };
    case 'replace':
      return { op: isNew ? 'add' : op, path: standardPath, value };
    case 'test':
      return isNew && value === null ? { op, path: '', value: document } : { op, path: standardPath, value };
    case 'copy':
      return isMissing(operation.from ?? '', document) ? { op: 'add', path, value: null } : operation;
    default:
      return { ...operation, path: standardPath };
  }
}

function isMissing(path: string, document: JsonValue): boolean {
  const { parent, key } = place(path, document);
  return isObject(parent) && parent[key] === undefined;
}

/** What holds the value at a path, and the value's key in it. */
function place(path: string, document: JsonValue): { parent: unknown; key: string } {
  const slash = path.lastIndexOf('/');
  const parent: unknown = slash < 0 ? undefined : jsonPatch.getValueByPointer(document, path.slice(0, slash));
  return { parent, key: jsonPatch.unescapePathComponent(path.slice(slash + 1)) };
}

/** Negative positions in a list count from its end. */
function fromTheEnd(path: string, key: string, length: number): string {
  const position = /^-\d+$/.test(key) ? length + Number(key) : undefined;
  return position === undefined ? path : `${path.slice(0, path.lastIndexOf('/'))}/${position}`;
}

function readOperations(patch: JsonValue): Operation[] {
  if (!Array.isArray(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  }
  if (patch.length > MAX_OPERATIONS) {
    const why = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    throw new KubeStatusError(413, 'RequestEntityTooLarge', `Request entity too large: ${why}`);
  }
  return patch as unknown as Operation[];
}

/** Which operation did not fit is not told: so the API server does it. */
function unprocessable(): KubeStatusError {
  return new KubeStatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}
