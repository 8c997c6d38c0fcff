/** Every address of the machine. */
export const DEFAULT_SERVER_BIND_ADDRESS = '';
