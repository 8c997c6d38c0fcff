import * as z from 'zod';
import { MalformedMessage } from './errors.ts';
import { fieldErrors } from './field-errors.ts';
import { isShallow } from './json-depth.ts';

/** What a container is destroyed with. */
export const ContainerKey = z.object({
  container_uuid: z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a lower-case UUID'),
  client_token: z.string().regex(/^[0-9a-zA-Z\-_]{255}$/, 'must be 255 letters, digits, "-" or "_"'),
});

/** Of any request; `container_uuid` and `client_token` need each other. */
export const RequestParameters = z
  .looseObject({
    ...ContainerKey.partial().shape,
    access_token: z
      .string()
      .regex(/^[0-9a-zA-Z\-_]{124}$/, 'must be 124 letters, digits, "-" or "_"')
      .optional(),
  })
  .check(({ value, issues }) => {
    if ((value.container_uuid === undefined) === (value.client_token === undefined)) return;
    const absent = value.container_uuid === undefined ? 'container_uuid' : 'client_token';
    const message = 'container_uuid and client_token need each other';
    issues.push({ code: 'custom', input: value, path: [absent], message });
  });

const Request = z.looseObject({
  verb: z.string().regex(/^[A-Z]+$/, 'must be capital letters'),
  parameters: RequestParameters,
});

/** A request as the protocol has it; unknown keys are allowed, and kept. */
export type Request = z.infer<typeof Request>;

/** Levels of objects and arrays in a request: what works on it may be recursive. */
const MAX_DEPTH = 16;

/** @throws `MalformedMessage` `MalformedRequest` with what is wrong, by field */
export function parseRequest(message: unknown): Request {
  if (!isShallow(message, MAX_DEPTH)) {
    throw new MalformedMessage('MalformedRequest', { '': [`must not be nested more than ${MAX_DEPTH} levels deep`] });
  }
  const result = Request.safeParse(message);
  if (result.success) return result.data;
  throw new MalformedMessage('MalformedRequest', fieldErrors(result.error));
}

/** What DESTROY needs, out of the parameters of a request. @throws `MalformedMessage` `MalformedRequest` */
export function parseContainerKey(parameters: unknown): z.infer<typeof ContainerKey> {
  const result = ContainerKey.safeParse(parameters);
  if (result.success) return result.data;
  throw new MalformedMessage('MalformedRequest', fieldErrors(result.error));
}
