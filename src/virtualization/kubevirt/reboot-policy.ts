/** Whether a machine was refused for its reboot policy: an unknown field, or one whose feature gate is closed. */
export function isAboutRebootPolicy(message: string): boolean {
  return /rebootPolicy/i.test(message);
}
