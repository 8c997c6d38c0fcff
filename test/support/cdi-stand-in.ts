/** The Containerized Data Importer, as far as a server's ISO needs it: a test says what comes of each download. */
import type { KubeClient } from '../../src/kube/client.ts';
import type { ObjectName } from '../../src/kube/objects.ts';
import { CustomResourceDefinition, DataVolume, PersistentVolumeClaim } from '../../src/kube/resources.ts';

type Schema = NonNullable<
  NonNullable<CustomResourceDefinition['spec']['versions'][number]['schema']>['openAPIV3Schema']
>;

const text: Schema = { type: 'string' };
const fields = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties });

export class CdiStandIn {
  readonly #kube: KubeClient;

  private constructor(kube: KubeClient) {
    this.#kube = kube;
  }

  /** @param release one before 1.65 knows no checksum */
  static async install(kube: KubeClient, release: '1.64' | '1.65' = '1.65'): Promise<CdiStandIn> {
    await kube.create(CustomResourceDefinition, definition(release));
    return new CdiStandIn(kube);
  }

  /** Some way into the download. @param progress such as `42.10%` */
  async downloads(volume: ObjectName, progress: string): Promise<void> {
    await this.#status(volume, { phase: 'ImportInProgress', progress });
  }

  /** The volume is there and filled; its claim belongs to it. */
  async succeeds(volume: ObjectName): Promise<void> {
    const { apiVersion, kind, metadata, spec } = await this.#volume(volume);
    const { name, namespace, uid = '' } = metadata;
    await this.#kube.create(PersistentVolumeClaim, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name,
        ...(namespace && { namespace }),
        ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
      },
      spec: { accessModes: spec.storage.accessModes ?? ['ReadWriteOnce'], resources: spec.storage.resources },
    });
    await this.#status(volume, { phase: 'Succeeded', progress: '100.0%' });
  }

  async fails(volume: ObjectName, message: string): Promise<void> {
    const conditions = [{ type: 'Running', status: 'False', reason: 'Error', message }];
    await this.#status(volume, { phase: 'Failed', conditions });
  }

  async #volume(name: ObjectName): Promise<DataVolume> {
    const volume = await this.#kube.get(DataVolume, name);
    if (!volume) throw new Error(`no DataVolume ${name.name}`);
    return volume;
  }

  async #status(volume: ObjectName, status: NonNullable<DataVolume['status']>): Promise<void> {
    await this.#kube.mergePatch(DataVolume, volume, { status }, { subresource: 'status' });
  }
}

function definition(release: '1.64' | '1.65'): CustomResourceDefinition {
  const http = { url: text, secretRef: text, certConfigMap: text, ...(release === '1.65' && { checksum: text }) };
  const spec = fields({
    source: fields({ http: fields(http) }),
    storage: fields({
      accessModes: { type: 'array', items: text },
      storageClassName: text,
      resources: fields({ requests: { type: 'object', additionalProperties: text } }),
    }),
  });
  const condition = fields({ type: text, status: text, reason: text, message: text });
  const status = fields({ phase: text, progress: text, conditions: { type: 'array', items: condition } });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'datavolumes.cdi.kubevirt.io' },
    spec: {
      group: 'cdi.kubevirt.io',
      scope: 'Namespaced',
      names: { plural: 'datavolumes', kind: 'DataVolume', shortNames: ['dv'] },
      versions: [
        {
          name: 'v1beta1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: fields({ spec, status }) },
          subresources: { status: {} },
        },
      ],
    },
  };
}
