import * as z from 'zod';
import { tracesEndpoint } from '../../observability/tracing/endpoint.ts';
import type { TracesTarget } from '../../runtime/tracing.ts';

/** What OpenTelemetry calls it; the operator sets it where it has traces itself. */
export const TracesEnvironment = z
  .object({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z
      .string()
      .refine((text) => tracesEndpoint(text) !== undefined, 'takes the URL of a collector, without name and password')
      .optional(),
    OTEL_TRACES_SAMPLER_ARG: z.coerce.number('takes a number from 0 to 1').min(0).max(1).default(1),
  })
  .transform((variables): { target: TracesTarget | undefined } => {
    const endpoint = tracesEndpoint(variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? '');
    return { target: endpoint ? { endpoint, sampleRatio: variables.OTEL_TRACES_SAMPLER_ARG } : undefined };
  });
