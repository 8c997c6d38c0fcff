/** What can be wrong with what was sent, received or given. */
export type ValueErrorCode =
  | 'BadHeader'
  | 'LengthTooLarge'
  | 'BadLength'
  | 'BadPublicKey'
  | 'BadPrivateKey'
  | 'BadKeyBlock'
  | 'BadMessage'
  | 'MalformedRequest'
  | 'MalformedResponse'
  | 'BadIso'
  | 'BadOption'
  | 'BadCertificate'
  | 'BadPin'
  | 'BadCidr'
  | 'BadTokenList'
  | 'BadProxyHeader';

/** What can go wrong between two programs. */
export type RuntimeErrorCode =
  | 'NotConnected'
  | 'ConnectFailed'
  | 'TlsFailed'
  | 'PinMismatch'
  | 'Untrusted'
  | 'Closed'
  | 'Flooded'
  | 'Refused'
  | 'Unacknowledged'
  | 'BadHandshake'
  | 'BadResponse'
  | 'TimedOut'
  | 'Overloaded';

/** Every failure of the protocol, by a code that stays the same; the message is for people. */
export abstract class WireError extends Error {
  abstract readonly code: ValueErrorCode | RuntimeErrorCode;
}

export class ValueError extends WireError {
  override readonly name = 'ValueError';
  readonly code: ValueErrorCode;

  constructor(code: ValueErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export class RuntimeError extends WireError {
  override readonly name = 'RuntimeError';
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Field (dotted path, `` for the whole) → what is wrong with it. */
export type FieldErrors = Record<string, string[]>;

/** A message that was decrypted and is JSON, but not what the protocol allows. */
export class MalformedMessage extends ValueError {
  readonly errors: FieldErrors;

  constructor(code: 'MalformedRequest' | 'MalformedResponse', errors: FieldErrors) {
    const fields = Object.entries(errors).map(([field, messages]) => `${field || 'message'}: ${messages.join(', ')}`);
    super(code, fields.join('; '));
    this.errors = errors;
  }
}
