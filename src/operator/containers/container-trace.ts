import { LABEL_CONTAINER_UUID } from '../../api/names.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import { noTracer, type Span } from '../../runtime/tracing.ts';
import { ANNOTATION_TRACEPARENT } from '../../virtualization/kubevirt/trace-annotation.ts';
import type { Context } from '../context.ts';

/** Does work on a container as a span of the trace of the CREATE that has claimed it; where nobody follows that, it is just done. */
export function inTraceOf<T>(
  { metadata }: VirtualMachineInstance,
  { tracer = noTracer }: Pick<Context, 'tracer'>,
  name: string,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const { annotations, labels } = metadata;
  return tracer.join(annotations?.[ANNOTATION_TRACEPARENT], name, (span) => {
    span.set('anweddol.container.uuid', labels?.[LABEL_CONTAINER_UUID] ?? '');
    return work(span);
  });
}
