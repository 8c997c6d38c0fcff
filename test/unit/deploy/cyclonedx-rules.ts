/**
 * The rules of CycloneDX 1.6 for as much of it as we write: names are closed, references exist, identifiers have their form.
 * @see https://cyclonedx.org/docs/1.6/json/
 */
import * as z from 'zod';

const Hash = z.discriminatedUnion('alg', [
  z.strictObject({ alg: z.literal('SHA-256'), content: z.string().regex(/^[0-9a-f]{64}$/) }),
  z.strictObject({ alg: z.literal('SHA-512'), content: z.string().regex(/^[0-9a-f]{128}$/) }),
]);
/** Identifiers are single; an expression is alone in its list. */
const Licences = z.union([
  z.array(z.strictObject({ license: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9.-]+$/) }) })).min(1),
  z.tuple([z.strictObject({ expression: z.string().regex(/ (OR|AND|WITH) /) })]),
]);
const Purl = z.string().regex(/^pkg:[a-z]+\/[A-Za-z0-9%._~/-]+@[A-Za-z0-9%._~:-]+(\?[a-z0-9=&.-]+)?$/);
const Reference = z.string().min(1);
const Part = z.strictObject({
  type: z.literal('library'),
  'bom-ref': Reference,
  name: z.string().min(1),
  version: z.string(),
});
const Component = z.strictObject({
  type: z.enum(['application', 'framework', 'library', 'container', 'platform', 'operating-system']),
  'bom-ref': Reference,
  group: z.string().min(1).optional(),
  name: z.string().min(1),
  version: z.string(),
  hashes: z.array(Hash).min(1).optional(),
  licenses: Licences,
  cpe: z
    .string()
    .regex(/^cpe:2\.3:a(:[^:\s]+){10}$/)
    .optional(),
  purl: Purl.optional(),
  components: z.array(Part).optional(),
  properties: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
});

export const CycloneDx = z
  .strictObject({
    bomFormat: z.literal('CycloneDX'),
    specVersion: z.literal('1.6'),
    serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
    version: z.int().min(1),
    metadata: z.strictObject({ timestamp: z.iso.datetime(), component: Component }),
    components: z.array(Component),
    dependencies: z.array(z.strictObject({ ref: Reference, dependsOn: z.array(Reference) })),
  })
  .superRefine(({ metadata, components, dependencies }, context) => {
    const all = [metadata.component, ...components, ...components.flatMap(({ components = [] }) => components)];
    const references = all.map((component) => component['bom-ref']);
    const twice = references.filter((reference, index) => references.indexOf(reference) !== index);
    const used = dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    const refused = [
      ...twice.map((reference) => `${reference} is there twice`),
      ...used.filter((reference) => !references.includes(reference)).map((reference) => `${reference} is not there`),
      ...dependencies
        .filter(({ dependsOn }) => new Set(dependsOn).size < dependsOn.length)
        .map(({ ref }) => `${ref} repeats`),
    ];
    for (const message of refused) context.addIssue({ code: 'custom', message });
  });
