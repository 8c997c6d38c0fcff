import { API_GROUP } from '../../api/names.ts';

/**
 * On a container: the trace of the CREATE that has claimed it, for the operator to go on with; only while somebody follows it.
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export const ANNOTATION_TRACEPARENT = `${API_GROUP}/traceparent`;
