/** What the transport tells about each request that it sent. */
export interface RequestMetrics {
  /** @param code the HTTP status, or `<error>` where no answer came */
  answered(request: { method: string; host: string; code: string; seconds: number }): void;
  /** A request had to wait for the client's own rate limit. */
  throttled(seconds: number): void;
}
