/** What the tool answers. Pure. */
import type { WrittenImage } from './oci/write-image.ts';

export interface Made extends WrittenImage {
  /** Paths of what stands beside the image. */
  sbom?: string;
  licences?: string;
  /** For `spec.iso.sha256`. */
  isoSha256?: string;
}

export function answer(made: Made, format: 'text' | 'json'): string {
  if (format === 'json') return `${JSON.stringify(made)}\n`;
  const rows = [
    ['image', made.name],
    ['digest', made.digest],
    ['compressed', megabytes(made.compressedBytes)],
    ['unpacked', megabytes(made.unpackedBytes)],
    ['path', made.path],
    ['materials', made.sbom],
    ['licences', made.licences],
    ['ISO SHA-256', made.isoSha256],
  ];
  return rows.flatMap(([key, value]) => (value ? [`${key?.padEnd(12)} ${value}\n`] : [])).join('');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
