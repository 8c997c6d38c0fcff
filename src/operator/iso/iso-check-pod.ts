import { createHash } from 'node:crypto';
import { LABEL_COMPONENT } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { Pod } from '../../kube/resources.ts';
import { ownedMetadata } from '../desired/ownership.ts';
import { restrictedContainer, restrictedPod } from '../desired/pod-security.ts';

/** Where the check finds the ISO, or the folder tree with the one file in it. */
const ISO_FOLDER = '/iso';

/** Identifies what was checked: another source or another digest is another check. */
export function isoFingerprint(server: AnweddolServer): string {
  const { sha256, image, persistentVolumeClaim } = server.spec.iso;
  return createHash('sha256')
    .update(JSON.stringify([sha256, image, persistentVolumeClaim]))
    .digest('hex');
}

/** Runs once: reads the ISO where the containers will boot it from, and leaves its SHA-256 as termination message. */
export function isoCheckPod(server: AnweddolServer, defaults: { image: string }): Pod {
  const { iso, pod } = server.spec;
  const name = `${server.metadata.name}-iso-${isoFingerprint(server).slice(0, 8)}`;
  const metadata = ownedMetadata(server, name);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, labels: { ...metadata.labels, [LABEL_COMPONENT]: 'iso-check' } },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: restrictedPod(),
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
      volumes: [{ name: 'iso', ...isoSource(iso) }],
    },
  };
}

function isoSource(iso: AnweddolServer['spec']['iso']) {
  if (iso.persistentVolumeClaim) {
    return { persistentVolumeClaim: { claimName: iso.persistentVolumeClaim, readOnly: true } };
  }
  return { image: { reference: iso.image ?? '', pullPolicy: 'IfNotPresent' } };
}
