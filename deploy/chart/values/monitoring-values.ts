import * as z from 'zod';
import { OptionalAddress, OptionalDuration, Port, StringMap } from './kubernetes-shapes.ts';

const Monitor = z.strictObject({
  enabled: z.boolean(),
  interval: OptionalDuration,
  scrapeTimeout: OptionalDuration,
  labels: StringMap,
});

export const Metrics = z.strictObject({
  enabled: z.boolean(),
  port: Port,
  service: z.strictObject({ enabled: z.boolean(), annotations: StringMap }),
  serviceMonitor: Monitor,
  podMonitor: Monitor,
});

export const ServerMetrics = z.strictObject({ podMonitor: Monitor });

export const Alerts = z.strictObject({ enabled: z.boolean(), runbookBase: OptionalAddress, labels: StringMap });

export const Dashboards = z.strictObject({ enabled: z.boolean(), labels: StringMap, annotations: StringMap });
