/** What the programs of the image are told by environment variables. */
import { z } from 'zod';

const Common = {
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  HEALTH_PORT: z.coerce.number().int().min(1).max(65535).default(8081),
};

export const OperatorEnvironment = z.object({
  ...Common,
  SERVER_IMAGE: z.string({ error: 'must name the image that server pods run' }).min(1),
});

export const ServerEnvironment = z.object(Common);

/** @throws Error with one line for each variable that is wrong: its name, and what it takes */
export function parseEnvironment<T extends z.ZodType>(schema: T): z.output<T> {
  const result = schema.safeParse(process.env);
  if (result.success) return result.data;
  throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
}
