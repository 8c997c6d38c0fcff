/** What goes in and comes out over HTTP, for the description: what this server sends is narrower than what a client takes. */
import * as z from 'zod';
import {
  REQUEST_VERB_CREATE,
  REQUEST_VERB_DESTROY,
  REQUEST_VERB_STAT,
  RESPONSE_MSG_OK,
} from '../../../wire/constants.ts';
import { ContainerKey, RequestParameters } from '../../../wire/request.ts';
import { CreatedContainer, Statistics } from '../../../wire/response.ts';

const shape = {
  ...RequestParameters.shape,
  access_token: RequestParameters.shape.access_token.describe(
    'Needed where the server asks for one. The authorization header does as well.',
  ),
};

const Parameters = z.looseObject(shape).meta({
  dependentRequired: { container_uuid: ['client_token'], client_token: ['container_uuid'] },
});

const DestroyParameters = z.looseObject({ ...shape, ...ContainerKey.shape });

const AnyData = z.looseObject({});

const StatisticsData = Statistics.extend({
  uptime: Statistics.shape.uptime.describe('Seconds.'),
  available: z.int().min(0).describe('Containers that could be created now.'),
}).required();

interface VerbSchemas {
  summary: string;
  parameters: z.ZodType;
  /** The response when all is well. */
  success: z.ZodType;
}

function success(data: z.ZodType, message: z.ZodType = z.literal(RESPONSE_MSG_OK)): z.ZodType {
  return z.looseObject({ success: z.literal(true), message, data });
}

/** A refusal, or a fault of HTTP. */
export const Failure = z.looseObject({ success: z.literal(false), message: z.string(), data: AnyData });

export const Greeting = success(z.looseObject({ links: z.array(z.url()) }), z.string());

const DOCUMENTED: Record<string, VerbSchemas> = {
  [REQUEST_VERB_CREATE]: {
    summary: 'Creates a container and waits until it is ready, which may take minutes.',
    parameters: Parameters,
    success: success(CreatedContainer),
  },
  [REQUEST_VERB_DESTROY]: {
    summary: 'Ends a container.',
    parameters: DestroyParameters,
    success: success(AnyData),
  },
  [REQUEST_VERB_STAT]: {
    summary: 'Tells how the server is.',
    parameters: Parameters,
    success: success(StatisticsData),
  },
};

export const DOCUMENTED_VERBS: readonly string[] = Object.keys(DOCUMENTED);

export function schemasOf(verb: string): VerbSchemas {
  const custom = { summary: 'A verb of this server’s own.', parameters: Parameters };
  return DOCUMENTED[verb] ?? { ...custom, success: success(AnyData, z.string()) };
}
