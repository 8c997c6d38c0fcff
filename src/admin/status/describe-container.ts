import {
  ANNOTATION_CLAIMED_AT,
  ANNOTATION_CLIENT_ID,
  ANNOTATION_EXPIRES_AT,
  ANNOTATION_LISTEN_PORT,
  LABEL_STATE,
} from '../../api/names.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { ContainerReport } from './report.ts';

/** Enough to find a client's lines in the log by. */
const CLIENT_CHARACTERS = 8;

/** Of the annotations only those are told that are no secret, nor the digest of one. */
export function containerReport({ metadata, status }: VirtualMachineInstance): ContainerReport {
  const { labels = {}, annotations = {}, name, creationTimestamp, deletionTimestamp } = metadata;
  const port = Number(annotations[ANNOTATION_LISTEN_PORT] ?? Number.NaN);
  const client = annotations[ANNOTATION_CLIENT_ID]?.slice(0, CLIENT_CHARACTERS);
  const [claimed, expires] = [annotations[ANNOTATION_CLAIMED_AT], annotations[ANNOTATION_EXPIRES_AT]];
  return {
    name,
    ...(Number.isInteger(port) && { port }),
    state: deletionTimestamp ? 'ending' : (labels[LABEL_STATE] ?? 'unknown'),
    ...(status?.phase && { phase: status.phase }),
    ...(creationTimestamp && { created: creationTimestamp }),
    ...(claimed && { claimed }),
    ...(expires && { expires }),
    ...(status?.nodeName && { node: status.nodeName }),
    ...(client && { client }),
  };
}
