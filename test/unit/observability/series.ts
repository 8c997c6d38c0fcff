import assert from 'node:assert/strict';
import type { Registry } from 'prom-client';
import { parseExposition, type Sample } from './exposition.ts';

/** All samples, as a scraper would read them. */
export async function samplesOf(registry: Registry): Promise<Sample[]> {
  return [...parseExposition(await registry.metrics()).values()].flatMap(({ samples }) => samples);
}

/** The one value of exactly these labels. */
export async function oneValue(registry: Registry, name: string, labels: Record<string, string> = {}): Promise<number> {
  const wanted = JSON.stringify(Object.entries(labels).sort());
  const found = (await samplesOf(registry)).filter(
    (sample) => sample.name === name && JSON.stringify(Object.entries(sample.labels).sort()) === wanted,
  );
  assert.equal(found.length, 1, `${found.length} of ${name} ${wanted}`);
  return found[0]?.value ?? Number.NaN;
}
