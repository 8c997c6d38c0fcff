/** Request bodies: bounded, read within a deadline, JSON or YAML. */
import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import type { JsonValue } from '../base/json.ts';
import { badRequest, KubeStatusError, timedOut, tooLarge, unsupportedMediaType } from '../base/status-error.ts';

const MAX_BODY_BYTES = 3 * 1024 * 1024;
const BODY_DEADLINE_MS = 30_000;
const MAX_YAML_ALIASES = 100;
const READABLE = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** @throws KubeStatusError 413 above the limit, 504 when the body does not arrive in time */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const announced = Number(message.headers['content-length'] ?? 0);
  if (announced > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
  const chunks: Buffer[] = [];
  let size = 0;
  const deadline = setTimeout(
    () => message.destroy(timedOut('the request body did not arrive in time')),
    BODY_DEADLINE_MS,
  );
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(deadline);
  }
  return Buffer.concat(chunks);
}

/** @throws KubeStatusError 400 for a malformed body, 415 for a format that is not read here */
export function parseBody(bytes: Buffer, contentType: string, kind: string): JsonValue | undefined {
  if (bytes.length === 0) return undefined;
  const text = bytes.toString('utf8');
  if (!/\b(json|yaml)$/.test(contentType)) throw unsupportedMediaType(READABLE);
  const looksLikeJson = /^\s*[[{]/.test(text);
  return contentType.includes('yaml') && !looksLikeJson ? parseYaml(text) : parseJson(text, contentType, kind);
}

function parseJson(text: string, contentType: string, kind: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    if (contentType.includes('yaml')) return parseYaml(text);
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : ''}`,
    );
  }
}

function parseYaml(text: string): JsonValue {
  try {
    return parse(text, { maxAliasCount: MAX_YAML_ALIASES, schema: 'core', uniqueKeys: false }) as JsonValue;
  } catch (error) {
    throw badRequest(
      `error decoding YAML: error converting YAML to JSON: yaml: ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
    );
  }
}

const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

/** @throws KubeStatusError 415 for what is no form of a patch */
export function checkPatchType(contentType: string): void {
  if (PATCH_TYPES.includes(contentType)) return;
  throw new KubeStatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

/** The media type without its parameters. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() || 'application/json';
}
