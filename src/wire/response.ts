import * as z from 'zod';
import { MalformedMessage } from './errors.ts';
import { fieldErrors } from './field-errors.ts';
import { ContainerKey } from './request.ts';

const Response = z.looseObject({
  success: z.boolean(),
  message: z.string(),
  data: z.looseObject({}),
});

/** A response as the protocol has it; unknown keys are allowed, and kept. */
export type Response = z.infer<typeof Response>;

/** What CREATE gives. The fingerprint (`SHA256:…`, as OpenSSH prints it) is an addition of ours: other servers leave it out. */
export const CreatedContainer = z.looseObject({
  ...ContainerKey.shape,
  container_iso_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  container_username: z.string().regex(/^user_[0-9]{5}$/),
  container_password: z.string().regex(/^[0-9a-zA-Z]{120}$/),
  container_listen_port: z.int().min(1).max(65535),
  container_host_key_sha256: z
    .string()
    .regex(/^SHA256:[0-9a-zA-Z+/]{43}$/)
    .optional(),
});

export type CreatedContainer = z.infer<typeof CreatedContainer>;

/** What STAT gives. Servers of each release leave out one or the other; those without a limit say `nolimit`. */
export const Statistics = z.looseObject({
  version: z.string().optional(),
  uptime: z.int().min(0),
  available: z.union([z.int().min(0), z.literal('nolimit')]).optional(),
});

export type Statistics = z.infer<typeof Statistics>;

/** `message`, and the reason in the protocol's form when there is one: `Bad request (reason : Unhandled verb)`. */
export function withReason(message: string, reason?: string | undefined): string {
  return reason === undefined ? message : `${message} (reason : ${reason})`;
}

/** @throws `MalformedMessage` `MalformedResponse` with what is wrong, by field */
export function parseResponse(message: unknown): Response {
  return parsed(Response, message);
}

/** The data of a successful CREATE. @throws `MalformedMessage` */
export function createdContainer(data: unknown): CreatedContainer {
  return parsed(CreatedContainer, data);
}

/** The data of a successful STAT. @throws `MalformedMessage` */
export function statistics(data: unknown): Statistics {
  return parsed(Statistics, data);
}

function parsed<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new MalformedMessage('MalformedResponse', fieldErrors(result.error));
}
