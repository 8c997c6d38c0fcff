/** What the image may be made of. An addition is a decision: read the licence first. */

/** Of what is bundled into our programs. */
const BUNDLED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
];
/** Of what stands beside them as files of its own. */
const BESIDE = [
  ...BUNDLED,
  'GPL-2.0-or-later',
  'GPL-3.0-or-later WITH GCC-exception-3.1',
  'LGPL-2.1-or-later',
  'MPL-2.0',
];

/** Whether an SPDX expression leaves us a way that the list allows. What it does not understand it does not allow. */
export function isAllowed(expression: string, use: 'bundled' | 'beside'): boolean {
  const list = use === 'bundled' ? BUNDLED : BESIDE;
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  return plain.split(' OR ').some((way) => way.split(' AND ').every((licence) => list.includes(licence)));
}

/** @throws Error when the list does not allow it */
export function checkLicence(name: string, expression: string, use: 'bundled' | 'beside'): void {
  if (isAllowed(expression, use)) return;
  throw new Error(
    `${name} has the licence "${expression}": decide, then add it to deploy/image/sbom/licences.ts or do without ${name}`,
  );
}
