import { mutated } from './mutate.ts';
import type { Random } from './random.ts';

const UUID = '123e4567-e89b-42d3-a456-426614174000';
const TOKEN = 'Ab0-_'.repeat(51);

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

const TEXTS: readonly string[] = [
  '{"verb": "STAT", "parameters": {}}',
  '{"verb": "CREATE", "parameters": {}}',
  `{"verb": "DESTROY", "parameters": {"container_uuid": "${UUID}", "client_token": "${TOKEN}"}}`,
  `{"verb": "STAT", "parameters": {"access_token": "${TOKEN.slice(0, 124)}"}}`,
  '{"verb": "NOTE", "parameters": {"a": 1, "b": [true, null, "\\u0000\\ud800é"]}, "more": 1e999}',
  '{"verb": "NOTE", "parameters": {"__proto__": {"access_token": []}, "constructor": 1}, "__proto__": []}',
  '{"verb": "STAT", "verb": "NOTE", "parameters": {"x": -0, "x": 1e-999}}',
  '{"verb": "HELLO", "parameters": {"toString": null}}',
  '{"verb": "stat", "parameters": {}}',
  '{"verb": "STAT", "parameters": []}',
  `{"verb": "NOTE", "parameters": {"deep": ${nested(12)}}}`,
  `{"verb": "NOTE", "parameters": {"deep": ${nested(60)}}}`,
];

/** What might be a request: one that is, or what is left of it. */
export function requestText(random: Random): Buffer {
  if (random.oneIn(200)) return Buffer.from(`{"verb":"NOTE","parameters":{"d":${nested(random.below(8_000))}}}`);
  const text = Buffer.from(random.pick(TEXTS));
  return random.oneIn(3) ? text : mutated(text, random);
}
