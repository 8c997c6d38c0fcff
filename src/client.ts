/** The package's entry `anweddol-operator/client`: what a program that talks to servers needs, and nothing that only servers do. */
export * from './client/client-interface.ts';
export type { ClientInterfaceOptions, ConnectOptions, TlsOptions } from './client/client-options.ts';
export * from './client/constants.ts';
export { BoundedGenerationMemory, type GenerationMemory } from './client/generation-memory.ts';
export type { ServerKey } from './client/server-trust.ts';
export { formatPin, parsePin } from './client/tls/pins.ts';
export * from './client/web-client-interface.ts';
export * from './client/web-constants.ts';
export type { Clock } from './runtime/clock.ts';
export { AESWrapper } from './wire/aes-wrapper.ts';
export * from './wire/errors.ts';
export type { GenerationNumber } from './wire/generation.ts';
export type { RandomBytes } from './wire/random-bytes.ts';
export type { Request } from './wire/request.ts';
export {
  type CreatedContainer,
  createdContainer,
  type Response,
  type Statistics,
  statistics,
} from './wire/response.ts';
export { RSAWrapper, type RSAWrapperOptions } from './wire/rsa-wrapper.ts';
