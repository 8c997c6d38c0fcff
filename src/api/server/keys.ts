/** The RSA identity of a server. */
import { z } from 'zod';
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
      .describe('Size of a key that the operator makes: 2048, 3072 or 4096.'),
    secretName: ObjectNameText.optional().describe(
      'Secret with a key of your own as private.pem (PKCS#8 or PKCS#1). Default: one that the operator makes, once.',
    ),
    rotation: z
      .int()
      .min(0)
      .max(999_999)
      .default(0)
      .describe('Count this up for a new key. Both fingerprints are in the status until every server pod has it.'),
    onetime: z
      .boolean()
      .default(false)
      .describe('A new key at each start of a server pod, kept nowhere: clients can recognise no server.'),
  })
  .meta(
    celRules(
      {
        rule: 'self.rotation >= oldSelf.rotation',
        message: 'rotation only counts up',
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
