import {
  RESPONSE_MSG_BAD_AUTH,
  RESPONSE_MSG_BAD_REQ,
  RESPONSE_MSG_INTERNAL_ERROR,
  RESPONSE_MSG_OK,
  RESPONSE_MSG_REFUSED_REQ,
  RESPONSE_MSG_UNAVAILABLE,
} from '../wire/constants.ts';

/** A response before it is put into its form. */
export interface Answer {
  success: boolean;
  message: string;
  /** Default: empty. */
  data?: Record<string, unknown> | undefined;
  /** Appended to the message: `Refused request (reason : …)`. */
  reason?: string | undefined;
}

export function ok(data: Record<string, unknown> = {}): Answer {
  return { success: true, message: RESPONSE_MSG_OK, data };
}

export function badRequest(reason: 'Malformed request' | 'Unhandled verb' | 'Access token is required'): Answer {
  return { success: false, message: RESPONSE_MSG_BAD_REQ, reason };
}

/** The same whether the container is unknown or the token is wrong. */
export function badAuthentication(): Answer {
  return { success: false, message: RESPONSE_MSG_BAD_AUTH };
}

/** The same whether the access token is unknown, expired or disabled. */
export function invalidAccessToken(): Answer {
  return { success: false, message: RESPONSE_MSG_BAD_AUTH, reason: 'Invalid access token' };
}

export function refusedRequest(): Answer {
  return { success: false, message: RESPONSE_MSG_REFUSED_REQ, reason: 'Address not allowed' };
}

export function unavailable(): Answer {
  return { success: false, message: RESPONSE_MSG_UNAVAILABLE };
}

/** With no detail: it goes to a stranger. */
export function internalError(): Answer {
  return { success: false, message: RESPONSE_MSG_INTERNAL_ERROR };
}
