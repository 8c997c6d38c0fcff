import { STATUS_CODES } from 'node:http';
import { RESPONSE_MSG_BAD_REQ } from '../../wire/constants.ts';
import { CONTENT_HEADERS, responseText } from './response-text.ts';

/** What is wrong with HTTP itself; whatever is wrong with a request of the protocol is answered with 200. */
export type FaultStatus = 400 | 405 | 408 | 413 | 431;

const REASONS: Record<FaultStatus, string> = {
  400: 'Malformed request',
  405: 'Method not allowed',
  408: 'Request took too long',
  413: 'Request too large',
  431: 'Headers too large',
};

/** The response object that goes with a fault. */
export function faultText(status: FaultStatus): string {
  return responseText({ success: false, message: RESPONSE_MSG_BAD_REQ, reason: REASONS[status] });
}

/** A whole response, for a request that never became one. */
export function rawFault(status: FaultStatus, headers: Record<string, string> = {}): string {
  const text = faultText(status);
  const fields = { ...CONTENT_HEADERS, ...headers, 'content-length': Buffer.byteLength(text), connection: 'close' };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${text}`;
}

const STATUS_OF: Record<string, FaultStatus> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};

/** The status for what Node's parser objects to. */
export function statusOf(error: Error): FaultStatus {
  return ('code' in error && STATUS_OF[String(error.code)]) || 400;
}

/** Whether a client ended its side in the midst of a request. */
export function isCutShort(error: NodeJS.ErrnoException): boolean {
  return error.code === 'HPE_INVALID_EOF_STATE';
}
