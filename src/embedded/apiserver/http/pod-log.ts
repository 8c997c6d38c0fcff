/** `kubectl logs`: the output of a container, from whoever runs it. */
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { methodNotAllowed } from '../base/status-error.ts';
import type { ResourceRequest, Server } from '../handlers/context.ts';
import { flagParameter, numberParameter } from '../handlers/options.ts';
import { find } from '../handlers/read.ts';
import { subjectOf } from '../handlers/subject.ts';

export async function sendPodLog(server: Server, request: ResourceRequest, response: ServerResponse): Promise<void> {
  const pod = find(server, request);
  if (!server.podLogs) throw methodNotAllowed({ ...subjectOf(request), resource: 'pods/log' }, 'get');
  const { query } = request;
  const stream = await server.podLogs(pod.metadata.namespace ?? '', pod.metadata.name ?? '', {
    container: query.get('container') ?? undefined,
    follow: query.has('follow') && flagParameter(query, 'follow'),
    tailLines: numberParameter(query, 'tailLines'),
  });
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
  await pipeline(stream, response, { signal: request.signal });
}
