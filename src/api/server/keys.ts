/** The RSA identity of a server. */
import * as z from 'zod';
import { ObjectNameText } from '../common-fields.ts';
import { celRules } from '../crd/cel-rules.ts';

const BITS = [2048, 3072, 4096];

export const Keys = z
  .object({
    bits: z
      .int()
      .min(2048)
      .max(4096)
      .default(4096)
      .refine((bits) => BITS.includes(bits), 'must be 2048, 3072 or 4096')
      .meta(celRules({ rule: `self in [${BITS.join(', ')}]`, message: 'must be 2048, 3072 or 4096' }))
      .describe(
        'Size in bits of a key that the operator makes: 2048, 3072 or 4096. Clients of every release take 2048 too. To change it, count up rotation as well. Default: 4096.',
      ),
    secretName: ObjectNameText.optional().describe(
      'Name of a Secret with an RSA key of your own, PEM under private.pem (PKCS#8 or PKCS#1, 2048 bits or more), such as that of a server that this one takes the place of. Default: one that the operator makes, once.',
    ),
    rotation: z
      .int()
      .min(0)
      .max(999_999)
      .default(0)
      .describe(
        'Count this up for a new key, as when the old one may be known to others; clients that know the old one will warn. Both fingerprints are in the status until every server pod has the new one. Only counts up. Default: 0.',
      ),
    onetime: z
      .boolean()
      .default(false)
      .describe(
        'A new key at each start of a server pod, kept nowhere: nobody can take it from the cluster, and clients can not recognise the server. Default: false.',
      ),
  })
  .meta(
    celRules(
      {
        rule: 'self.rotation >= oldSelf.rotation',
        message: 'rotation only counts up: a key that was given up does not come back',
      },
      {
        rule: 'self.bits == oldSelf.bits || self.rotation > oldSelf.rotation || has(self.secretName) || self.onetime',
        message: 'a key of another size is another key: count up rotation together with bits',
      },
      {
        rule: '!(self.onetime && has(self.secretName))',
        message: 'onetime makes a new key at each start; remove secretName, or onetime',
      },
    ),
  )
  .prefault({})
  .describe('The RSA key that clients recognise the server by.');
