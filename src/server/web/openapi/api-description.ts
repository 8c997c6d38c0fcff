import * as z from 'zod';
import type { RequestContext } from '../../session/answer-request.ts';
import { DOCUMENTED_VERBS, Failure, Greeting, schemasOf } from './schemas.ts';

type Json = Record<string, unknown>;

const VERB = /^[A-Z]+$/;
const FAULTS = {
  '400': 'What was sent is no HTTP.',
  '408': 'The request took too long to arrive.',
  '413': 'The body is larger than 16 KiB.',
  '431': 'The headers are larger than 8 KiB.',
};

const ABOUT = `Every answer has the status 200, refusals too: \`success\` and \`message\` say how it went. Other statuses are for
faults of HTTP itself. GET takes the same body as POST; the path is the verb in small letters.`;

/** The server's interface as an OpenAPI 3.1 document in JSON, made anew when the verbs that are served change. */
export function apiDescription(context: RequestContext, verbs?: () => Iterable<string>): () => string {
  let made: { key: string; text: string } | undefined;
  return () => {
    const served = [...(verbs?.() ?? DOCUMENTED_VERBS)].filter((verb) => VERB.test(verb) && context.handlerOf(verb));
    const key = served.sort().join();
    if (made?.key !== key) made = { key, text: JSON.stringify(document(served, context.isValidToken !== undefined)) };
    return made.text;
  };
}

/** @see https://spec.openapis.org/oas/v3.1.0 */
function document(verbs: string[], needsToken: boolean): Json {
  const paths = verbs.map((verb) => [`/${verb.toLowerCase()}`, verbPath(verb, needsToken)]);
  return {
    openapi: '3.1.0',
    info: { title: 'Anweddol server', version: '1.0.0', description: ABOUT },
    servers: [{ url: '/' }],
    paths: {
      '/': { get: page('greet', 'A greeting, and where to read more.', jsonSchema(Greeting)) },
      '/openapi.json': { get: page('describe', 'This document.', { type: 'object', required: ['openapi', 'paths'] }) },
      ...Object.fromEntries(paths),
    },
    components: {
      schemas: { Failure: jsonSchema(Failure) },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function page(operationId: string, summary: string, schema: Json): Json {
  return { operationId, summary, responses: responses(schema) };
}

function verbPath(verb: string, needsToken: boolean): Json {
  const { summary, parameters, success } = schemasOf(verb);
  const schema = jsonSchema(parameters);
  const operation = {
    summary,
    responses: responses(jsonSchema(success)),
    // The second: the token is in the body.
    security: needsToken ? [{ accessToken: [] }, {}] : [],
  };
  const requestBody = { required: 'required' in schema, content: { 'application/json': { schema } } };
  const name = verb.toLowerCase();
  return {
    get: { operationId: `${name}ByGet`, ...operation },
    post: { operationId: name, ...operation, requestBody },
  };
}

function responses(success: Json): Json {
  const failure = { $ref: '#/components/schemas/Failure' };
  const content = (schema: Json) => ({ 'application/json': { schema } });
  const faults = Object.entries(FAULTS).map(([status, description]) => [
    status,
    { description, content: content(failure) },
  ]);
  return {
    '200': { description: 'The answer, or a refusal.', content: content({ anyOf: [success, failure] }) },
    ...Object.fromEntries(faults),
  };
}

function jsonSchema(schema: z.ZodType): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema);
  return rest;
}
