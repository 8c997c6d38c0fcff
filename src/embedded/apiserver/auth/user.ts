export interface User {
  name: string;
  uid?: string;
  groups: readonly string[];
  /** What else is known, such as the pod of a token. */
  extra?: Readonly<Record<string, readonly string[]>>;
}

export const ADMINS = 'system:masters';
export const AUTHENTICATED = 'system:authenticated';
