export interface User {
  name: string;
  uid?: string;
  groups: readonly string[];
}

export const ADMINS = 'system:masters';
export const AUTHENTICATED = 'system:authenticated';
