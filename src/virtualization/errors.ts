/** The reasons a container can't be had; each code is also a field of the log, a label of a metric and the reason of an Event. */
export const VIRTUALIZATION_ERROR_CODES = [
  /** All that may run at a time are in use. */
  'NoFreeSlot',
  /** A quota of the platform leaves no room for one more machine. */
  'QuotaExceeded',
  /** The platform takes no machine like this one. */
  'MachineRefused',
  'ImagePullFailed',
  /** No node had room for the machine for as long as anybody waited. */
  'Unschedulable',
  'NodeLost',
  /** The machine ended or went away, or the platform did not answer. */
  'StartFailed',
  'StartTimeout',
  /** The container let nobody in, or its set-up failed: a fault of the ISO or of how the server is told to use it. */
  'EndpointShellFailed',
] as const;

export type VirtualizationErrorCode = (typeof VIRTUALIZATION_ERROR_CODES)[number];

/** Its message holds no secret. */
export class VirtualizationError extends Error {
  override readonly name = 'VirtualizationError';
  readonly code: VirtualizationErrorCode;

  constructor(code: VirtualizationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
