import { type Leadership, LeadershipLost } from '../../runtime/leader/leadership.ts';

/** Lets writes pass while this process leads, and no others: not those of a standby, nor those that come too late. */
export class WriteFence {
  #leadership: Leadership | undefined;

  /** From now on writes are on the account of this leadership. */
  open(leadership: Leadership): void {
    this.#leadership = leadership;
  }

  /** To be called right before each write. @throws LeadershipLost */
  check(): void {
    if (!this.#leadership) throw new LeadershipLost('this process does not lead');
    this.#leadership.assertLeading();
  }
}
