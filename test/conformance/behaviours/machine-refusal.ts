import assert from 'node:assert/strict';
import { type Chapter, chapter, type World } from '../behaviour.ts';
import { type Change, tried } from './machine-manifest.ts';

/** Reason, field and message. */
type Cause = [string, string, string];
/** By what is wrong with a machine: how it comes about, and what is said of it. */
export type Refusals = Record<string, [Change, ...Cause[]]>;

export const INVALID = 'FieldValueInvalid';
export const REQUIRED = 'FieldValueRequired';
export const DUPLICATE = 'FieldValueDuplicate';
export const UNSUPPORTED = 'FieldValueNotSupported';

const WEBHOOK = 'virtualmachineinstances-create-validator.kubevirt.io';

/** @param times how often KubeVirt says it: it asks its network rules twice */
export function refusals(title: string, rows: Refusals, times = 1): Chapter {
  const all = Object.entries(rows).map(([what, [change, ...causes]]) => [
    `refuses a machine with ${what}`,
    (world: World) => refuses(world, change, Array.from({ length: times }, () => causes).flat()),
  ]);
  return chapter(title, Object.fromEntries(all));
}

async function refuses(world: World, change: Change, causes: Cause[]): Promise<void> {
  const { code, body } = await tried(world, change);
  const messages = causes.map(([, , message]) => message).join(', ');
  assert.deepEqual(
    { code, reason: body.reason, message: body.message, details: body.details },
    {
      code: 422,
      reason: 'Invalid',
      message: `admission webhook "${WEBHOOK}" denied the request: ${messages}`,
      details: { causes: causes.map(([reason, field, message]) => ({ reason, message, ...(field && { field }) })) },
    },
  );
}
