/** What a cluster may have besides KubeVirt: CDI and cert-manager, played as far as a server needs them. */
import { LABEL_COMPONENT } from '../../../src/api/names.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { isAlreadyExists } from '../../../src/kube/errors.ts';
import { Certificate, CustomResourceDefinition, Pod, Secret } from '../../../src/kube/resources.ts';
import { CdiStandIn } from '../../support/cdi-stand-in.ts';
import { newAuthority } from '../../support/test-certificates.ts';
import { certificateDefinition } from '../../unit/operator/certificates/cert-manager.ts';
import type { WatchedKind } from '../truth/kinds.ts';
import type { AnyObject, Version } from '../truth/version.ts';

export const NEIGHBOUR_KINDS: WatchedKind[] = [
  { kind: 'DataVolume', path: '/apis/cdi.kubevirt.io/v1beta1/datavolumes' },
  { kind: 'Certificate', path: '/apis/cert-manager.io/v1/certificates' },
];

/** Once it has seen the first type of CDI's, virt-controller starts anew and waits for these too. */
const OF_CDI = [
  ['CDI', 'cdis', 'Cluster'],
  ['CDIConfig', 'cdiconfigs', 'Cluster'],
  ['StorageProfile', 'storageprofiles', 'Cluster'],
  ['DataSource', 'datasources', 'Namespaced'],
] as const;
const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const STATUS = { subresource: 'status' } as const;
/** What an ISO in a claim is found to be: the node has no claims. */
const FOUND_SHA256 = 'ab'.repeat(32);

export class Neighbours {
  readonly #admin: KubeClient;
  readonly #cdi: CdiStandIn;
  readonly #authority = newAuthority('campaign');

  private constructor(admin: KubeClient, cdi: CdiStandIn) {
    this.#admin = admin;
    this.#cdi = cdi;
  }

  static async settle(admin: KubeClient): Promise<Neighbours> {
    for (const [kind, plural, scope] of OF_CDI)
      await admin.create(CustomResourceDefinition, loose(kind, plural, scope));
    const cdi = await CdiStandIn.install(admin);
    await admin.create(CustomResourceDefinition, certificateDefinition());
    return new Neighbours(admin, cdi);
  }

  /** Does with an object what its controller would; what comes too late for one that is gone is nobody's loss. */
  see({ type, kind, object }: Version): void {
    if (type === 'DELETED' || object.metadata.deletionTimestamp) return;
    const deed =
      kind === 'DataVolume'
        ? this.#download(object)
        : kind === 'Certificate'
          ? this.#issue(object)
          : kind === 'Pod' && this.#read(object);
    if (deed) void deed.catch(() => undefined);
  }

  async #download({ metadata, status }: AnyObject): Promise<void> {
    if (!status?.phase) await this.#cdi.succeeds(metadata);
  }

  async #issue({ metadata, spec, status }: AnyObject): Promise<void> {
    if (status?.conditions) return;
    const { namespace = '', name } = metadata;
    const { cert, key } = this.#authority.issue(name);
    const secret: Secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        namespace,
        name: String(spec?.secretName),
        annotations: { 'cert-manager.io/certificate-name': name },
      },
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': cert, 'tls.key': key },
    };
    await this.#admin.create(Secret, secret).catch(async (error) => {
      if (!isAlreadyExists(error)) throw error;
      await this.#admin.mergePatch(Secret, secret.metadata, secret);
    });
    const conditions = [{ type: 'Ready', status: 'True', observedGeneration: metadata.generation }];
    await this.#admin.mergePatch(Certificate, metadata, { status: { conditions } }, STATUS);
  }

  async #read({ metadata, spec, status }: AnyObject): Promise<void> {
    const volumes = (spec?.volumes ?? []) as { persistentVolumeClaim?: object }[];
    const isOurs =
      metadata.labels?.[LABEL_COMPONENT] === 'iso-check' && volumes.some((one) => one.persistentVolumeClaim);
    if (!isOurs || status?.phase === 'Succeeded') return;
    const terminated = { exitCode: 0, message: FOUND_SHA256, finishedAt: new Date().toISOString() };
    const check = { name: 'check', state: { terminated }, image: '', imageID: '', ready: false, restartCount: 0 };
    const told = { status: { phase: 'Succeeded', containerStatuses: [check] } };
    await this.#admin.mergePatch(Pod, metadata, told, STATUS);
  }
}

function loose(kind: string, plural: string, scope: 'Cluster' | 'Namespaced'): CustomResourceDefinition {
  const group = 'cdi.kubevirt.io';
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { plural, kind },
      versions: [{ name: 'v1beta1', served: true, storage: true, schema: { openAPIV3Schema: ANYTHING } }],
    },
  };
}
