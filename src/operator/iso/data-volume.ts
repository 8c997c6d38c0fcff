import { LABEL_COMPONENT } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { DataVolume } from '../../kube/resources.ts';
import { ownedMetadata } from '../desired/ownership.ts';
import { dataVolumeName } from './iso-source.ts';

type Http = NonNullable<AnweddolServer['spec']['iso']['http']>;

/** The download of a server's ISO, as the Containerized Data Importer (CDI) is asked for it. Its spec can't be changed. */
export function dataVolume(server: AnweddolServer, http: Http): DataVolume {
  const { url, size, storageClassName, accessMode, secretName, certConfigMap } = http;
  const metadata = ownedMetadata(server, dataVolumeName(server));
  return {
    apiVersion: 'cdi.kubevirt.io/v1beta1',
    kind: 'DataVolume',
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, [LABEL_COMPONENT]: 'iso' },
      annotations: {
        // No pod waits for the volume while it is filled.
        'cdi.kubevirt.io/storage.bind.immediate.requested': 'true',
        // Older releases delete what is done.
        'cdi.kubevirt.io/storage.deleteAfterCompletion': 'false',
      },
    },
    spec: {
      source: {
        http: {
          url,
          ...(server.spec.iso.sha256 && { checksum: `sha256:${server.spec.iso.sha256}` }),
          ...(secretName && { secretRef: secretName }),
          ...(certConfigMap && { certConfigMap }),
        },
      },
      storage: {
        ...(accessMode && { accessModes: [accessMode] }),
        ...(storageClassName && { storageClassName }),
        resources: { requests: { storage: size } },
      },
    },
  };
}

/** Of a CDI before 1.65, which checks nothing. */
export function withoutChecksum(volume: DataVolume): DataVolume {
  const { checksum: _, ...http } = volume.spec.source.http;
  return { ...volume, spec: { ...volume.spec, source: { http } } };
}
