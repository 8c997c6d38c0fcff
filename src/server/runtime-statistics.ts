/** What a server knows of its own run; the labels are the documented names. */
export type RuntimeStatistics = [
  is_running: boolean,
  recorded_runtime_errors_amount: number,
  /** Whole seconds. */
  uptime: number,
  available_containers_amount: number,
];
