/** The reasons a container can't be had; each code is also a log field and, where the operator sees it, a condition's reason. */
export type VirtualizationErrorCode = 'NoFreeSlot' | 'StartFailed' | 'StartTimeout' | 'EndpointShellFailed';

export class VirtualizationError extends Error {
  override readonly name = 'VirtualizationError';
  readonly code: VirtualizationErrorCode;

  constructor(code: VirtualizationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
