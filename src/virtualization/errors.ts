/** The reasons a container can't be had; each code is also a field of the log. */
export type VirtualizationErrorCode = 'NoFreeSlot' | 'StartFailed' | 'StartTimeout' | 'EndpointShellFailed';

export class VirtualizationError extends Error {
  override readonly name = 'VirtualizationError';
  readonly code: VirtualizationErrorCode;

  constructor(code: VirtualizationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
