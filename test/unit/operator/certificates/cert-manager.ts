import forge from 'node-forge';
import type { KubeClient } from '../../../../src/kube/client.ts';
import { Certificate, type CustomResourceDefinition } from '../../../../src/kube/resources.ts';
import type { KeyPair } from '../../../../src/operator/keys/key-pairs.ts';

const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** cert-manager's type, without its schema. */
export function certificateDefinition(): CustomResourceDefinition {
  const { group, version, plural, kind } = Certificate;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind, singular: 'certificate', listKind: 'CertificateList' },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: ANYTHING, status: ANYTHING } } },
        },
      ],
    },
  };
}

/** What cert-manager says of the Certificate of the sample server. */
export async function isReady(kube: KubeClient, status: 'True' | 'False', message: string): Promise<void> {
  const name = { namespace: 'anweddol', name: 'lab-tls' };
  const conditions = [{ type: 'Ready', status, reason: 'Test', message }];
  await kube.mergePatch(Certificate, name, { status: { conditions } }, { subresource: 'status' });
}

/** The same certificate, signed by an issuer. */
export function signedBy(issuer: KeyPair, pem: string): string {
  const certificate = forge.pki.certificateFromPem(pem);
  certificate.setIssuer([{ name: 'commonName', value: 'ca' }]);
  certificate.sign(forge.pki.privateKeyFromPem(issuer.privatePem), forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}
