/** The package's entry `anweddol-operator/server`: a server without Kubernetes, whose containers come from a backend of the user's. */
export type { Clock } from './runtime/clock.ts';
export { type Log, silentLog } from './runtime/log.ts';
export { systemClock } from './runtime/system-clock.ts';
export type { Span, Tracer } from './runtime/tracing.ts';
export { openTokenFile } from './server/access/token-file.ts';
export type { Answer } from './server/answer.ts';
export { ClientInstance } from './server/client-instance.ts';
export type { ClientInstanceOptions } from './server/client-instance-options.ts';
export * from './server/constants.ts';
export type { DatabaseEntry, DatabaseInterface, EntryId } from './server/database/database-interface.ts';
export { MemoryDatabase } from './server/database/memory-database.ts';
export * from './server/events/server-events.ts';
export type { RequestClient } from './server/request-client.ts';
export type { RequestCall, RequestHandler } from './server/request-handler.ts';
export type { RuntimeStatistics } from './server/runtime-statistics.ts';
export { ServerInterface } from './server/server-interface.ts';
export type { ContainerStart, CreateOutcome, ServerGauges, ServerMetrics } from './server/server-metrics.ts';
export type { LiveOptions, ServerInterfaceOptions, WebOptions } from './server/server-options.ts';
export {
  type CertificateFiles,
  type CertificateFilesOptions,
  openCertificateFiles,
  type TlsCredentials,
} from './server/tls/certificate-files.ts';
export type {
  ContainerBackend,
  ContainerClaim,
  ContainerRecord,
  WarmClaim,
} from './virtualization/container-backend.ts';
export type { ContainerCredentials } from './virtualization/container-credentials.ts';
export { ContainerInstance } from './virtualization/container-instance.ts';
export { EndpointShellInstance } from './virtualization/endpoint-shell-instance.ts';
export { VirtualizationError, type VirtualizationErrorCode } from './virtualization/errors.ts';
export { type ContainerOrder, VirtualizationInterface } from './virtualization/virtualization-interface.ts';
export { AESWrapper } from './wire/aes-wrapper.ts';
export * from './wire/errors.ts';
export type { GenerationNumber } from './wire/generation.ts';
export type { RandomBytes } from './wire/random-bytes.ts';
export type { Request } from './wire/request.ts';
export { RSAWrapper, type RSAWrapperOptions } from './wire/rsa-wrapper.ts';
