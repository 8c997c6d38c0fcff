/** RFC 6902, with the API server's refusals. */
import jsonPatch from 'fast-json-patch';
import { clone, isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { badRequest, KubeStatusError } from '../base/status-error.ts';

const MAX_OPERATIONS = 10_000;

/** @throws KubeStatusError 400 for what is no patch, 422 when an operation does not fit the object, `test` included */
export function applyJsonPatch(object: JsonObject, patch: JsonValue): JsonObject {
  const operations = readOperations(patch);
  try {
    const { newDocument } = jsonPatch.applyPatch(clone(object), operations, true, true, true);
    if (!isObject(newDocument)) throw unprocessable();
    return newDocument;
  } catch (error) {
    if (error instanceof KubeStatusError) throw error;
    throw unprocessable();
  }
}

function readOperations(patch: JsonValue): jsonPatch.Operation[] {
  if (!Array.isArray(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  }
  if (patch.length > MAX_OPERATIONS) {
    throw new KubeStatusError(
      413,
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
    );
  }
  return patch as unknown as jsonPatch.Operation[];
}

/** Which operation did not fit is not told: so the API server does it. */
function unprocessable(): KubeStatusError {
  return new KubeStatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}
