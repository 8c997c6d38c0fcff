/** Of access tokens. */
import { entries } from './entries.ts';

export const TOKEN_REASONS = entries({
  TokenUsable: { means: 'The server takes the token.' },
  TokenNotRequired: {
    means: 'The server lets everybody in, with and without a token.',
    remedy: 'Set accessTokens.required of the server, if only bearers of tokens are to be served.',
  },
  TokenDisabled: { means: 'The token is refused, as enabled is false.', remedy: 'Set enabled to true.' },
  TokenExpired: {
    means: 'The token is refused, as its time is over.',
    remedy: 'Set a later expiresAt, or delete the token and make another.',
  },
  ServerMissing: {
    means: 'There is no server of the name that the token is for.',
    remedy: 'Make the AnweddolServer, or delete the token and make one for another server.',
  },
  TokenSecretTaken: {
    means: 'A Secret of the name that the token is to be handed over in is there, and not of this token.',
    remedy: 'Delete that Secret, or give the token another name.',
  },
  TokenSecretRefused: {
    means: 'The cluster will not hold the Secret of the token.',
    remedy: 'Mend what the message names, such as a quota; it is tried again every minute.',
  },
  TokenSecretLost: {
    means: 'The token was made, but neither the status nor the Secret has it any more.',
    remedy: 'Delete the AnweddolAccessToken and make another.',
  },
  TokenLeftOut: {
    means: 'The server has more tokens than its list can hold, and this one is not in it.',
    remedy: 'Delete tokens that nobody needs any more, or make a second server.',
  },
  /** Of an Event on a server. */
  TokenListTaken: {
    means: 'A Secret of the name of the list of access tokens is there, and not of this server.',
    remedy: 'Delete that Secret.',
  },
});
