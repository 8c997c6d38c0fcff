/** An address of loopback that no other process has: for a port of which the number is given. */
export function ownLoopbackAddress(): string {
  const { pid } = process;
  return `127.${192 + (pid >> 16)}.${(pid >> 8) & 255}.${pid & 255}`;
}
