import { describe, test } from 'node:test';

/**
 * A group of tests that needs what a machine may lack: where it does, the group is counted as one skipped test.
 * @param skip why it can't run here
 */
export function suite(title: string, skip: string | false | undefined, define: () => void): void {
  if (skip) test(title, { skip });
  else describe(title, define);
}
