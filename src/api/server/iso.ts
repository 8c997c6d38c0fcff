/** Where the container ISO comes from. */
import { z } from 'zod';
import { ObjectNameText, Quantity } from '../common-fields.ts';
import { celRules } from '../crd/cel-rules.ts';

const Http = z
  .object({
    url: z
      .string()
      .max(2048)
      .meta(
        celRules({
          rule: "isURL(self) && (url(self).getScheme() == 'http' || url(self).getScheme() == 'https') && url(self).getHostname() != ''",
          message: 'must be an http or https URL, such as https://mirror.example/anweddol_container.iso',
        }),
      )
      .describe('Where the ISO is downloaded from, once, by the Containerized Data Importer (CDI 1.65 or later).'),
    size: Quantity.default('2Gi').describe('Size of the volume that the ISO is put into.'),
    storageClassName: ObjectNameText.optional().describe('Default: the one that CDI or the cluster chooses.'),
    accessMode: z
      .enum(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'])
      .optional()
      .describe('Default: what the storage class can do. ReadWriteOnce keeps every container on one node.'),
    secretName: ObjectNameText.optional().describe('Secret with accessKeyId and secretKey, for basic authentication.'),
    certConfigMap: ObjectNameText.optional().describe("ConfigMap with the server's certificate authority."),
  })
  .describe('An ISO that CDI downloads into a volume. Its sha256 must be set: the download is checked against it.');

export const Iso = z
  .object({
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .describe('SHA-256 that the ISO must have, 64 hex digits. Default: the one it is found to have.'),
    image: z
      .string()
      .min(1)
      .max(512)
      .optional()
      .describe('OCI image with the ISO under /disk (a containerDisk). Pin it by digest.'),
    imagePullSecret: ObjectNameText.optional().describe('Secret to pull the image with.'),
    persistentVolumeClaim: ObjectNameText.optional().describe(
      'Name of a claim in this namespace that holds the ISO as disk.img.',
    ),
    http: Http.optional(),
  })
  .meta(
    celRules(
      {
        rule: '[has(self.image), has(self.persistentVolumeClaim), has(self.http)].filter(given, given).size() == 1',
        message: 'exactly one of image, persistentVolumeClaim and http must be set',
      },
      {
        rule: '!has(self.http) || has(self.sha256)',
        message: 'sha256 must be set with http: what is downloaded is checked against it',
      },
      {
        rule: '!has(self.imagePullSecret) || has(self.image)',
        message: 'imagePullSecret is for image; remove it, or set image',
      },
    ),
  )
  .describe('The container ISO that every container boots from.');
