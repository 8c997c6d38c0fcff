import * as z from 'zod';
import { Cidr } from '../../api/common-fields.ts';
import { tracesEndpoint } from '../../observability/tracing/endpoint.ts';
import { listenAddress } from './listen-address.ts';

/** What may be said of an option besides its type, its bounds and its default, which help and errors read from the schema. */
interface OptionMeta {
  description: string;
  /** Stands for the value in the help. */
  value: string;
  /** As it would be written after the flag. */
  example: string;
  /** What the value must be, where type and bounds don't say it. */
  takes?: string;
}

const option = <T extends z.ZodType>(schema: T, meta: OptionMeta): T => schema.meta({ ...meta }) as T;

/** Of one namespace each watch takes a connection for every kind; the transport has 256. */
const MAX_NAMESPACES = 20;

const Namespace = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const ObjectNameText = z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/);

/**
 * All that `operator` can be told. A key is the name in the file; `logLevel` is `--log-level` as a flag and
 * `ANWEDDOL_LOG_LEVEL` as an environment variable.
 */
export const OperatorOptions = z.strictObject({
  serverImage: option(z.string().min(1).max(512), {
    description: 'The image of server pods whose AnweddolServer names none: this program’s own.',
    value: 'IMAGE',
    example: 'registry.example/anweddol-operator:0.1.0',
    takes: 'the name of an image',
  }),
  namespaces: option(z.array(Namespace).max(MAX_NAMESPACES).default([]), {
    description: 'Serve these namespaces only; rights in others are not needed then. May be repeated. Default: all.',
    value: 'NAME,…',
    example: 'lab,class',
    takes: `names of namespaces, ${MAX_NAMESPACES} at most`,
  }),
  clusterCidrs: option(z.array(Cidr).max(64).default([]), {
    description:
      'The cluster’s own networks (pods and Services; nodes are known besides): containers never reach them, nor are reached from them. May be repeated. Default: the pod networks that nodes have, and of private networks only nodes reach containers then.',
    value: 'CIDR,…',
    example: '10.244.0.0/16,10.96.0.0/12',
    takes: 'networks such as 10.244.0.0/16, 64 at most',
  }),
  leaderElect: option(z.boolean().default(true), {
    description: 'Work only while holding a lease, so that of several operators one works and the others stand by.',
    value: 'BOOL',
    example: 'false',
  }),
  leaderElectResourceName: option(ObjectNameText.default('anweddol-operator'), {
    description: 'The name of that lease.',
    value: 'NAME',
    example: 'anweddol-lab',
    takes: 'the name of a Lease',
  }),
  leaderElectResourceNamespace: option(Namespace.optional(), {
    description: 'The namespace of that lease. Default: the pod’s own, or the one the kubeconfig names, or default.',
    value: 'NAME',
    example: 'anweddol-system',
    takes: 'the name of a namespace',
  }),
  concurrency: option(z.int().min(1).max(256).default(16), {
    description: 'How many objects of a kind are reconciled at a time.',
    value: 'N',
    example: '32',
  }),
  logLevel: option(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'), {
    description: 'The least level that is logged.',
    value: 'LEVEL',
    example: 'debug',
  }),
  logFormat: option(z.enum(['json', 'text']).default('json'), {
    description: 'Lines of JSON for machines, or of text for people.',
    value: 'FORMAT',
    example: 'text',
  }),
  healthAddress: option(listenAddress().prefault(':8081'), {
    description: 'Where /healthz and /readyz are served.',
    value: 'ADDRESS',
    example: '127.0.0.1:8081',
    takes: 'HOST:PORT, :PORT for every address, or 0 for nowhere',
  }),
  metricsAddress: option(listenAddress().prefault(':8080'), {
    description: 'Where /metrics is served.',
    value: 'ADDRESS',
    example: '127.0.0.1:8080',
    takes: 'HOST:PORT, :PORT for every address, or 0 for nowhere',
  }),
  tracesEndpoint: option(
    z
      .string()
      .transform((text, context): string => {
        const endpoint = tracesEndpoint(text);
        if (endpoint) return endpoint;
        context.addIssue({ code: 'custom', message: 'no endpoint' });
        return z.NEVER;
      })
      .optional(),
    {
      description:
        'Where the operator and server pods send traces of each CREATE, by OTLP over HTTP in JSON; /v1/traces where the URL has no path. The way of server pods to an address, or to a Service named NAME.NAMESPACE.svc whose port and target port are the same, is opened for them; for any other host add a NetworkPolicy. Default: no traces.',
      value: 'URL',
      example: 'http://collector.tracing.svc:4318',
      takes: 'a URL of http or https, without name and password',
    },
  ),
  tracesSample: option(z.number().min(0).max(1).default(1), {
    description: 'The share of CREATEs that is traced.',
    value: 'RATIO',
    example: '0.1',
  }),
  kubeApiQps: option(z.number().positive().max(10_000).default(400), {
    description: 'Requests a second to the API server, over time.',
    value: 'N',
    example: '50',
    takes: 'a number above 0, at most 10000',
  }),
  kubeApiBurst: option(z.int().min(1).max(10_000).default(800), {
    description: 'Requests to the API server that may come at once.',
    value: 'N',
    example: '100',
  }),
  kubeconfig: option(z.string().min(1).optional(), {
    description: 'How to reach the API server. Default: the pod’s service account, or $KUBECONFIG, or ~/.kube/config.',
    value: 'FILE',
    example: 'cluster.kubeconfig',
    takes: 'the path of a file',
  }),
  config: option(z.string().min(1).optional(), {
    description: 'A YAML file with any of these but this, such as "logLevel: debug".',
    value: 'FILE',
    example: '/etc/anweddol/operator.yaml',
    takes: 'the path of a file',
  }),
});

export type OperatorOptions = z.output<typeof OperatorOptions>;
