import assert from 'node:assert/strict';

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Family {
  type: string;
  help: string;
  samples: Sample[];
}

const SAMPLE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;
const LABEL = /(?<label>[a-zA-Z_]\w*)="(?<value>(?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;

/**
 * Reads Prometheus' text format, version 0.0.4, and refuses what Prometheus would: a sample outside its family, a series
 * that comes twice, buckets that don't add up.
 */
export function parseExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let current = '';
  assert.ok(text.endsWith('\n'));
  for (const line of text.split('\n').filter(Boolean)) {
    const comment = /^# (?<what>HELP|TYPE) (?<name>\S+) (?<rest>.+)$/.exec(line)?.groups;
    if (comment?.what === 'HELP') {
      current = comment.name ?? '';
      assert.ok(!families.has(current), `${current} comes twice`);
      families.set(current, { type: '', help: comment.rest ?? '', samples: [] });
    } else if (comment) {
      assert.equal(comment.name, current);
      familyOf(families, current).type = comment.rest ?? '';
    } else {
      const sample = parseSample(line);
      const family = familyOf(families, current);
      assert.ok(belongs(sample.name, current, family.type), `${sample.name} stands under ${current}`);
      const series = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      assert.ok(!seen.has(series), `${series} comes twice`);
      seen.add(series);
      family.samples.push(sample);
    }
  }
  for (const family of families.values()) if (family.type === 'histogram') checkBuckets(family);
  return families;
}

function familyOf(families: Map<string, Family>, name: string): Family {
  const family = families.get(name);
  assert.ok(family, `"${name}" has no HELP`);
  return family;
}

function parseSample(line: string): Sample {
  const groups = SAMPLE.exec(line)?.groups;
  assert.ok(groups, `no sample: ${line}`);
  const text = groups.labels ?? '';
  const found = [...text.matchAll(LABEL)];
  assert.equal(found.map(([whole]) => whole).join(''), text, `no labels: ${text}`);
  const value = groups.value === '+Inf' ? Number.POSITIVE_INFINITY : Number(groups.value);
  assert.ok(!Number.isNaN(value) || groups.value === 'Nan', line);
  const labels = Object.fromEntries(found.map((match) => [match.groups?.label, match.groups?.value]));
  return { name: groups.name ?? '', labels, value };
}

function belongs(sample: string, family: string, type: string): boolean {
  if (type !== 'histogram') return sample === family;
  return ['_bucket', '_sum', '_count'].some((suffix) => sample === family + suffix);
}

function checkBuckets({ samples }: Family): void {
  const counts = samples.filter(({ name }) => name.endsWith('_count'));
  for (const { labels, value } of counts) {
    const same = (sample: Sample) => Object.entries(labels).every(([label, text]) => sample.labels[label] === text);
    const buckets = samples.filter((sample) => sample.name.endsWith('_bucket') && same(sample));
    const values = buckets.map((bucket) => bucket.value);
    assert.deepEqual(
      values,
      values.toSorted((a, b) => a - b),
    );
    assert.equal(buckets.at(-1)?.labels.le, '+Inf');
    assert.equal(values.at(-1), value);
  }
}
