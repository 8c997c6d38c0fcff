import type { Finding } from '../conditions.ts';

const WORST_FIRST: Finding['status'][] = ['False', 'Unknown', 'True'];

/** One finding of several, at least one: the worst is told first, and any is looked at again when the first of them is due. */
export function joinFindings(findings: Finding[]): Finding {
  const ranked = findings.toSorted((a, b) => rankOf(a) - rankOf(b));
  const [{ status, reason } = { status: 'True', reason: 'CertificatesPresent' } as const] = ranked;
  const waits = findings.flatMap(({ againMs }) => againMs ?? []);
  const told = ranked.filter((finding) => status === 'True' || finding.status !== 'True');
  return {
    status,
    reason,
    message: told
      .map(({ message }) => message)
      .join('; ')
      .slice(0, 1024),
    ...(waits.length > 0 && { againMs: Math.min(...waits) }),
  };
}

/** Of what is as it should be, that which soon will not be is told first. */
function rankOf({ status, reason }: Finding): number {
  return WORST_FIRST.indexOf(status) * 2 + (reason === 'CertificateExpiring' ? 0 : 1);
}
