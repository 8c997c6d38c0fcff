/** The HTTPS endpoint: who asks, whether they may, and which part answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { stringify } from 'yaml';
import { authenticate } from '../auth/authenticate.ts';
import { accessDenied } from '../auth/forbidden.ts';
import { impersonated } from '../auth/impersonate.ts';
import type { Access } from '../auth/rules.ts';
import type { JsonValue } from '../base/json.ts';
import {
  badRequest,
  internalError,
  KubeStatusError,
  NoSuchPath,
  noSuchMethod,
  unauthorized,
  unknownResource,
} from '../base/status-error.ts';
import { answerPath } from '../discovery/paths.ts';
import type { ResourceRequest, Server } from '../handlers/context.ts';
import { dispatch } from '../handlers/dispatch.ts';
import { isWatch, watch } from '../handlers/watch.ts';
import type { Resource } from '../registry/resource.ts';
import { decodeBinaryObject, PROTOBUF } from '../schema/binary.ts';
import { parseFieldSelector, selectedName } from '../selectors/field-selector.ts';
import { checkPatchType, mediaType, parseBody, readBody } from './body.ts';
import { includeObject, representationOf } from './negotiate.ts';
import { sendPodLog } from './pod-log.ts';
import { type ResourceTarget, resourceTarget, verbOf } from './request-info.ts';
import { sendError, sendJson, sendText } from './respond.ts';
import { Serializer } from './serialize.ts';
import { watchStream } from './watch-stream.ts';

export function requestListener(
  server: Server,
  adminToken: string,
): (message: IncomingMessage, response: ServerResponse) => void {
  const serializer = new Serializer();
  return (message, response) => {
    const warnings: string[] = [];
    answer(server, adminToken, serializer, message, response, warnings).catch((error: unknown) => {
      if (response.destroyed) return;
      if (error instanceof NoSuchPath) sendText(response, 404, '404 page not found\n');
      else sendError(response, asStatusError(server, error), warnings);
      // A body that was not read would be taken for the next request.
      if (!message.complete) message.resume();
    });
  };
}

async function answer(
  server: Server,
  adminToken: string,
  serializer: Serializer,
  message: IncomingMessage,
  response: ServerResponse,
  warnings: string[],
): Promise<void> {
  const bearer = authenticate(message.headers.authorization, adminToken, server.tokens, server.clock.now());
  if (!bearer) throw unauthorized();
  const url = parseUrl(message.url ?? '/');
  const target = resourceTarget(url.pathname);
  const verb = target
    ? verbOf(message.method ?? 'GET', target.name !== undefined, isWatch(url.searchParams))
    : (message.method ?? 'GET').toLowerCase();
  if (!verb) throw noSuchMethod();
  const access = target ? accessOf(target, verb, url.searchParams) : { verb, path: url.pathname };
  const user = impersonated(bearer, message.headersDistinct, access, server.authorizer);
  if (!server.authorizer.isAllowed(user, access)) throw accessDenied(user, access);
  if (!target) {
    answerNonResource(server, verb, url, message, response);
    return;
  }
  const resource = server.registry.find(target.group, target.version, target.plural);
  if (!resource) throw missingResource(server, target);
  if (resource.namespaced && target.name !== undefined && !target.namespace) throw unknownResource();
  const contentType = mediaType(message.headers['content-type']);
  if (verb === 'patch' && !resource.custom) checkPatchType(contentType);
  const bytes = message.method === 'GET' ? undefined : await readBody(message);
  const request: ResourceRequest = {
    resource,
    namespace: resource.namespaced ? target.namespace : undefined,
    name: target.name,
    subresource: target.subresource,
    user,
    query: url.searchParams,
    userAgent: message.headers['user-agent'] ?? '',
    accept: message.headers.accept ?? '',
    contentType,
    body: bytes && decodeBody(server, resource, bytes, contentType),
    text: contentType === PROTOBUF || !bytes?.length ? undefined : bytes.toString(),
    warnings,
    signal: whenClosed(response),
  };
  if (resource.plural === 'pods' && target.subresource === 'log') return sendPodLog(server, request, response);
  const { form, isYaml } = representationOf(request.accept);
  const options = () => ({ includeObject: includeObject(request.query), now: server.clock.now() });
  if (verb === 'watch') {
    const sink = watchStream(response, serializer, resource, form, options);
    const stop = watch(server, request, sink);
    sink.start();
    response.once('close', stop);
    return;
  }
  const result = dispatch(server, request, verb);
  const text = serializer.answer(result, resource, form, options());
  if (isYaml) sendJson(response, result.code, stringify(JSON.parse(text)), warnings, 'application/yaml');
  else sendJson(response, result.code, text, warnings);
}

function answerNonResource(
  server: Server,
  verb: string,
  url: URL,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const found =
    verb === 'get' || verb === 'head'
      ? answerPath(server.registry, url.pathname, message.headers.accept ?? '')
      : undefined;
  if (!found) throw isInBuiltinGroup(server, url.pathname) ? unknownResource() : new NoSuchPath();
  if (found.text !== undefined) {
    sendText(response, 200, found.text);
    return;
  }
  sendJson(response, 200, JSON.stringify(found.json), [], found.contentType);
}

function missingResource(server: Server, target: ResourceTarget): Error {
  const isBuiltin = server.registry.all().some(({ group, custom }) => group === target.group && !custom);
  return isBuiltin ? unknownResource() : new NoSuchPath();
}

/** Such as `/apis/apps/v9`: the groups that are built in answer for all that is below them. */
function isInBuiltinGroup(server: Server, path: string): boolean {
  const [, root, first = ''] = path.split('/');
  const group = root === 'api' ? '' : root === 'apis' ? first : undefined;
  return server.registry.all().some((resource) => resource.group === group && !resource.custom);
}

/** A list or watch that can only see one object is authorised by that object's name. */
function accessOf(target: ResourceTarget, verb: string, query: URLSearchParams): Access {
  const { group, plural, subresource, namespace } = target;
  const selector = query.get('fieldSelector') ?? '';
  const selected =
    target.name ?? (selector.startsWith('metadata.name=') ? selectedName(parseFieldSelector(selector, [])) : undefined);
  const ownNamespace = group === '' && plural === 'namespaces' ? target.name : undefined;
  return { verb, group, resource: plural, subresource, namespace: namespace ?? ownNamespace, name: selected };
}

function decodeBody(server: Server, resource: Resource, bytes: Buffer, contentType: string): JsonValue | undefined {
  if (contentType !== PROTOBUF || bytes.length === 0) return parseBody(bytes, contentType, resource.kind);
  return decodeBinaryObject(bytes, (kind) => (kind === resource.kind ? resource.schema : server.schemas(kind)));
}

function parseUrl(text: string): URL {
  try {
    return new URL(text, 'https://127.0.0.1');
  } catch {
    throw badRequest('the request URL is not valid');
  }
}

function whenClosed(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

function asStatusError(server: Server, error: unknown): KubeStatusError {
  if (error instanceof KubeStatusError) return error;
  server.log.error({ err: error }, 'request failed');
  return internalError(error instanceof Error ? error.message : 'unknown');
}
