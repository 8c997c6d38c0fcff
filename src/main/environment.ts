/** What the server program is told by environment variables. The operator's options: operator/options.ts. */
import * as z from 'zod';

export const ServerEnvironment = z.object({
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  METRICS_PORT: z.coerce.number().int().min(1).max(65535).default(9090),
  HEALTH_PORT: z.coerce.number().int().min(1).max(65535).default(8081),
});

/** @throws Error with one line for each variable that is wrong: its name, and what it takes */
export function parseEnvironment<T extends z.ZodType>(schema: T): z.output<T> {
  const result = schema.safeParse(process.env);
  if (result.success) return result.data;
  throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
}
