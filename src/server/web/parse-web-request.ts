import { MalformedMessage } from '../../wire/errors.ts';
import { parseRequest, type Request } from '../../wire/request.ts';

const BEARER = /^bearer +(\S+) *$/i;

/**
 * The request that a verb, a body and an `authorization` header (RFC 6750, §2.1) make. The body is the parameters in JSON,
 * or nothing; an access token in it counts before one in the header.
 * @throws `MalformedMessage` `MalformedRequest`
 */
export function parseWebRequest(verb: string, body: Buffer, authorization: string | undefined): Request {
  const parameters = body.length === 0 ? {} : parsed(body);
  const token = BEARER.exec(authorization ?? '')?.[1];
  if (token === undefined || !isObject(parameters) || Object.hasOwn(parameters, 'access_token')) {
    return parseRequest({ verb, parameters });
  }
  return parseRequest({ verb, parameters: { ...parameters, access_token: token } });
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new MalformedMessage('MalformedRequest', { '': ['must be JSON'] });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
