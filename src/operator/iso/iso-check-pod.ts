import { LABEL_COMPONENT } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { Pod } from '../../kube/resources.ts';
import { ownedMetadata } from '../desired/ownership.ts';
import { restrictedContainer, restrictedPod } from '../desired/pod-security.ts';
import { isLatest, isoClaimName, isoFingerprint } from './iso-source.ts';

/** Where the check finds the ISO, or the folder tree with the one file in it. */
const ISO_FOLDER = '/iso';

/** Runs once: reads the ISO where the containers will boot it from, and leaves its SHA-256 as termination message. */
export function isoCheckPod(server: AnweddolServer, defaults: { image: string }): Pod {
  const { iso, pod } = server.spec;
  const name = `${server.metadata.name}-iso-${isoFingerprint(server).slice(0, 8)}`;
  const metadata = ownedMetadata(server, name);
  const pullSecrets = [
    ...new Set([...(pod.imagePullSecrets ?? []), ...(iso.imagePullSecret ? [iso.imagePullSecret] : [])]),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, labels: { ...metadata.labels, [LABEL_COMPONENT]: 'iso-check' } },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: restrictedPod(),
      ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })) }),
      containers: [
        {
          name: 'check',
          image: pod.image ?? defaults.image,
          args: ['iso-digest', ISO_FOLDER],
          terminationMessagePolicy: 'FallbackToLogsOnError',
          securityContext: restrictedContainer(),
          resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '256Mi' } },
          volumeMounts: [{ name: 'iso', mountPath: ISO_FOLDER, readOnly: true }],
        },
      ],
      volumes: [{ name: 'iso', ...isoSource(server) }],
    },
  };
}

function isoSource(server: AnweddolServer) {
  const claimName = isoClaimName(server);
  if (claimName) return { persistentVolumeClaim: { claimName, readOnly: true } };
  const { image: reference = '' } = server.spec.iso;
  // As KubeVirt pulls it.
  return { image: { reference, pullPolicy: isLatest(reference) ? 'Always' : 'IfNotPresent' } };
}
