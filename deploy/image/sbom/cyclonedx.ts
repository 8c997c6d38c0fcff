/**
 * The bill of materials in the form of CycloneDX 1.6. Pure: the same parts give the same bytes.
 * @see https://cyclonedx.org/docs/1.6/json/
 */
import { createHash } from 'node:crypto';
import type { Component } from './component.ts';

export interface Bill {
  /** What the bill is of. */
  subject: { name: string; version: string; licence: string; needs: string[] };
  components: readonly Component[];
  /** Seconds since 1970. */
  created: number;
}

export function cyclonedx({ subject, components, created }: Bill): string {
  const root = `${subject.name}@${subject.version}`;
  const content = {
    metadata: {
      timestamp: new Date(created * 1000).toISOString(),
      component: {
        type: 'container',
        'bom-ref': root,
        name: subject.name,
        version: subject.version,
        licenses: licences(subject.licence),
      },
    },
    components: components.map(component),
    dependencies: [
      { ref: root, dependsOn: [...subject.needs].sort() },
      ...components.map(({ purl, needs }) => ({ ref: purl, dependsOn: [...needs].sort() })),
    ],
  };
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(content))}`;
  return `${JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber, version: 1, ...content }, null, 2)}\n`;
}

function component({ type, group, name, version, licence, hash, purl, cpe, properties, parts }: Component): object {
  return {
    type,
    'bom-ref': purl,
    ...(group && { group }),
    name,
    version,
    hashes: [hash],
    licenses: licences(licence),
    ...(cpe && { cpe }),
    purl,
    ...(parts && {
      components: Object.entries(parts).map(([part, partVersion]) => ({
        type: 'library',
        'bom-ref': `${purl}#${part}`,
        name: part,
        version: partVersion,
      })),
    }),
    ...(properties && { properties: Object.entries(properties).map(([key, value]) => ({ name: key, value })) }),
  };
}

/** An expression stands alone; an identifier is one of a list. */
function licences(expression: string): object[] {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  return plain.includes(' ') ? [{ expression: plain }] : [{ license: { id: plain } }];
}

/** Named by content (RFC 9562, version 8), so that it changes when and only when the bill does. */
function uuidOf(content: string): string {
  const bytes = createHash('sha256').update(content).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
