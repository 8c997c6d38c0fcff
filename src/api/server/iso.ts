/** Where the container ISO comes from. */
import * as z from 'zod';
import { ImageReference, ObjectNameText, Sha256Text, sizeBetween } from '../common-fields.ts';
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
      .describe(
        'Where the ISO is downloaded from, once, by the Containerized Data Importer (CDI). Before 1.65 that checks no digest; the operator reads the volume then.',
      ),
    size: sizeBetween('1Mi', '64Ti')
      .default('2Gi')
      .describe('Size of the volume that the ISO is put into; at least that of the ISO. Default: 2Gi.'),
    storageClassName: ObjectNameText.optional().describe(
      'StorageClass of the volume. Default: the one that CDI or the cluster chooses.',
    ),
    accessMode: z
      .enum(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'])
      .optional()
      .describe(
        'How the volume is mounted. ReadWriteOnce keeps every container on one node. Default: the most that the storage class can do.',
      ),
    secretName: ObjectNameText.optional().describe(
      'Name of a Secret with accessKeyId and secretKey, for basic authentication. Default: none is sent.',
    ),
    certConfigMap: ObjectNameText.optional().describe(
      "Name of a ConfigMap with the certificate authority of the URL's server. Default: the public ones.",
    ),
  })
  .describe('An ISO that CDI downloads into a volume. sha256 must be set: the download is checked against it.');

export const Iso = z
  .object({
    sha256: Sha256Text.optional().describe(
      'SHA-256 that the ISO must have, 64 hex digits: what clients are told, and what it is checked against. Set it, so that nobody can put another ISO in its place. Default: the one it is found to have.',
    ),
    image: ImageReference.optional().describe(
      'OCI image with the ISO under /disk (a containerDisk). Pin it by digest, so that every container boots the same.',
    ),
    imagePullSecret: ObjectNameText.optional().describe(
      'Name of a Secret, in this namespace, to pull the image with. Default: it is public.',
    ),
    persistentVolumeClaim: ObjectNameText.optional().describe(
      'Name of a claim in this namespace that holds the ISO as disk.img, or is one as a block device.',
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
  .describe('The container ISO that every container boots from: exactly one of image, persistentVolumeClaim and http.');
