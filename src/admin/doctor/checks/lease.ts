import type { Lease } from '../../../kube/resources.ts';
import { duration } from '../../text/duration.ts';
import type { Finding } from '../finding.ts';

/** Clocks differ by a little, and a renewal may be late. */
const SLACK_MS = 15_000;

/** Whether somebody leads, and renewed that lately. @param now milliseconds, of this machine */
export function leaseFinding(about: string, lease: Lease | undefined, now: number): Finding {
  const finding = { check: 'operator-lease', about } as const;
  const look = "Look at the operator's log; if its pods do not run, at what they wait for.";
  if (!lease) return { ...finding, result: 'failed', found: 'There is no Lease: no operator ever led.', remedy: look };
  const { holderIdentity: holder, renewTime, leaseDurationSeconds = 15 } = lease.spec ?? {};
  if (!holder) return { ...finding, result: 'failed', found: 'Nobody holds the Lease.', remedy: look };
  const age = now - Date.parse(renewTime ?? '');
  if (Number.isNaN(age)) {
    return { ...finding, result: 'failed', found: `${holder} holds the Lease, and never renewed it.`, remedy: look };
  }
  if (age > leaseDurationSeconds * 1000 + SLACK_MS) {
    const found = `${holder} holds the Lease, but renewed it ${duration(age)} ago, by the clock of this machine.`;
    return { ...finding, result: 'failed', found, remedy: look };
  }
  if (age < -SLACK_MS) {
    const found = `${holder} renewed the Lease ${duration(-age)} in the future, by the clock of this machine.`;
    return { ...finding, result: 'warning', found, remedy: 'Set the clocks: containers end by them.' };
  }
  return { ...finding, result: 'ok', found: `${holder} holds the Lease, and renewed it ${duration(age)} ago.` };
}
