/** Writing answers. */
import type { ServerResponse } from 'node:http';
import type { KubeStatusError } from '../base/status-error.ts';

export function sendJson(
  response: ServerResponse,
  code: number,
  text: string,
  warnings: readonly string[] = [],
  contentType = 'application/json',
): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(text);
  for (const warning of new Set(warnings)) response.appendHeader('Warning', `299 - ${JSON.stringify(warning)}`);
  response.writeHead(code, { 'Content-Type': contentType, 'Content-Length': body.length });
  response.end(body);
}

export function sendText(response: ServerResponse, code: number, text: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(text);
}

export function sendError(response: ServerResponse, error: KubeStatusError, warnings: readonly string[] = []): void {
  const retryAfterSeconds = error.details?.retryAfterSeconds;
  if (retryAfterSeconds !== undefined && !response.headersSent) response.setHeader('Retry-After', retryAfterSeconds);
  sendJson(response, error.code, JSON.stringify(error.status()), warnings);
}
