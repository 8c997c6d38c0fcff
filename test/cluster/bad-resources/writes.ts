/** A client that keeps a record of what is written through it. */
import type { KubeClient, WriteOptions } from '../../../src/kube/client.ts';
import type { KubeObject, ObjectName, Resource } from '../../../src/kube/objects.ts';

export interface Write {
  verb: string;
  /** Such as `Deployment lab-server`, or `AnweddolServer lab status`. */
  object: string;
  /** Milliseconds since the process began. */
  at: number;
}

/** @param writes what is appended to; dry runs are none */
export function recording(kube: KubeClient, writes: Write[]): KubeClient {
  const note = (verb: string, { kind }: Resource, name: string, subresource = ''): void => {
    writes.push({ verb, object: `${kind} ${name} ${subresource}`.trimEnd(), at: performance.now() });
  };
  return {
    ...kube,
    get: (...args) => kube.get(...args),
    list: (...args) => kube.list(...args),
    watch: (...args) => kube.watch(...args),
    create<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions) {
      if (!options?.dryRun) note('create', resource, object.metadata.name);
      return kube.create(resource, object, options);
    },
    replace(resource, object, options) {
      note('replace', resource, object.metadata.name);
      return kube.replace(resource, object, options);
    },
    apply(resource, object, options) {
      note('apply', resource, object.metadata.name, options.subresource);
      return kube.apply(resource, object, options);
    },
    jsonPatch(resource, name: ObjectName, operations, options) {
      note('jsonPatch', resource, name.name, options?.subresource);
      return kube.jsonPatch(resource, name, operations, options);
    },
    mergePatch(resource, name: ObjectName, patch, options) {
      note('mergePatch', resource, name.name, options?.subresource);
      return kube.mergePatch(resource, name, patch, options);
    },
    delete(resource, name, options) {
      note('delete', resource, name.name);
      return kube.delete(resource, name, options);
    },
    createSubresource(resource, name, subresource, body, options) {
      note('create', resource, name.name, subresource);
      return kube.createSubresource(resource, name, subresource, body, options);
    },
  };
}
