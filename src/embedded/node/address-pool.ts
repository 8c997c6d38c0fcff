const NETWORK = '10.244';
/** Last bytes 0 and 255 are left out, as are the third bytes 0 and 255. */
const PER_BYTE = 254;
const SIZE = PER_BYTE * PER_BYTE;

/** Pod addresses. One that was given back is used again as late as possible. */
export class AddressPool {
  readonly #taken = new Set<string>();
  #next: number;

  /** @param start from 0 up to, and not including, 1: where in the network to begin */
  constructor(start: number) {
    this.#next = Math.floor(start * SIZE);
  }

  /** @throws RangeError when every address is taken */
  take(): string {
    for (let tries = 0; tries < SIZE; tries++) {
      const address = addressAt(this.#next);
      this.#next = (this.#next + 1) % SIZE;
      if (!this.#taken.has(address)) {
        this.#taken.add(address);
        return address;
      }
    }
    throw new RangeError(`all ${SIZE} pod addresses are taken`);
  }

  giveBack(address: string): void {
    this.#taken.delete(address);
  }
}

function addressAt(index: number): string {
  return `${NETWORK}.${Math.floor(index / PER_BYTE) + 1}.${(index % PER_BYTE) + 1}`;
}
