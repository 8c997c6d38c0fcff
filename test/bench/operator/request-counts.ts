/** What a program of ours has asked the API server, by its own metrics. */
export interface RequestCounts {
  /** By HTTP method and status, such as `PATCH 200`. */
  answered: ReadonlyMap<string, number>;
  /** How long its requests that were no GET took, taken together. */
  writeSeconds: number;
  /** How long requests waited for the program's own limit, taken together. */
  throttledSeconds: number;
}

/** @param url of its metrics */
export async function requestCounts(url: string): Promise<RequestCounts> {
  const text = await (await fetch(url)).text();
  const answered = new Map<string, number>();
  for (const [, labels = '', count] of text.matchAll(/^rest_client_requests_total\{(.*)\} (\S+)$/gm)) {
    const what = `${label(labels, 'method')} ${label(labels, 'code')}`;
    answered.set(what, (answered.get(what) ?? 0) + Number(count));
  }
  let writeSeconds = 0;
  for (const [, labels = '', sum] of text.matchAll(/^rest_client_request_duration_seconds_sum\{(.*)\} (\S+)$/gm)) {
    if (label(labels, 'verb') !== 'GET') writeSeconds += Number(sum);
  }
  const [, throttled = 0] = /^rest_client_rate_limiter_duration_seconds_sum (\S+)$/m.exec(text) ?? [];
  return { answered, writeSeconds, throttledSeconds: Number(throttled) };
}

/** Of several programs. */
export function summed(counts: readonly RequestCounts[]): RequestCounts {
  const answered = new Map<string, number>();
  for (const [what, count] of counts.flatMap((each) => [...each.answered])) {
    answered.set(what, (answered.get(what) ?? 0) + count);
  }
  const sum = (of: (each: RequestCounts) => number) => counts.reduce((total, each) => total + of(each), 0);
  return {
    answered,
    writeSeconds: sum((each) => each.writeSeconds),
    throttledSeconds: sum((each) => each.throttledSeconds),
  };
}

/** What was asked between two times. */
export function since(before: RequestCounts, now: RequestCounts): RequestCounts {
  const answered = [...now.answered].map(([what, count]) => [what, count - (before.answered.get(what) ?? 0)] as const);
  return {
    answered: new Map(answered.filter(([, count]) => count > 0)),
    writeSeconds: now.writeSeconds - before.writeSeconds,
    throttledSeconds: now.throttledSeconds - before.throttledSeconds,
  };
}

export function requestsTold({ answered, throttledSeconds }: RequestCounts): string {
  const counts = [...answered].map(([what, count]) => `${count} ${what}`).join(', ');
  return `requests: ${counts}; ${throttledSeconds.toFixed(0)} s of waiting for its own limit, taken together`;
}

function label(labels: string, name: string): string {
  return new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
}
