/** A client that keeps a record of what is written through it. */
import type { KubeClient, WriteOptions } from '../../../src/kube/client.ts';
import type { KubeObject, ObjectName, Resource } from '../../../src/kube/objects.ts';

export interface Write {
  verb: string;
  /** Such as `Deployment lab-server`, or `AnweddolServer lab status`. */
  object: string;
  /** The same for what differs in the names of objects only: such as `Event of default/lab`. */
  kind: string;
  /** Milliseconds since the process began. */
  at: number;
}

/** @param writes what is appended to; dry runs are none */
export function recording(kube: KubeClient, writes: Write[]): KubeClient {
  const note = (verb: string, { kind }: Resource, { namespace, name }: ObjectName, subresource = ''): void => {
    // What is made for a server or a token begins with its name.
    const [owner = ''] = name.split(/[-.]/);
    const of = `${kind} ${subresource}`.trimEnd();
    const object = `${kind} ${name} ${subresource}`.trimEnd();
    writes.push({ verb, object, kind: `${of} of ${namespace}/${owner}`, at: performance.now() });
  };
  return {
    ...kube,
    get: (...args) => kube.get(...args),
    list: (...args) => kube.list(...args),
    watch: (...args) => kube.watch(...args),
    create<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions) {
      if (!options?.dryRun) note('create', resource, object.metadata);
      return kube.create(resource, object, options);
    },
    replace(resource, object, options) {
      note('replace', resource, object.metadata);
      return kube.replace(resource, object, options);
    },
    apply(resource, object, options) {
      note('apply', resource, object.metadata, options.subresource);
      return kube.apply(resource, object, options);
    },
    jsonPatch(resource, name: ObjectName, operations, options) {
      note('jsonPatch', resource, name, options?.subresource);
      return kube.jsonPatch(resource, name, operations, options);
    },
    mergePatch(resource, name: ObjectName, patch, options) {
      note('mergePatch', resource, name, options?.subresource);
      return kube.mergePatch(resource, name, patch, options);
    },
    delete(resource, name, options) {
      note('delete', resource, name);
      return kube.delete(resource, name, options);
    },
    createSubresource(resource, name, subresource, body, options) {
      note('create', resource, name, subresource);
      return kube.createSubresource(resource, name, subresource, body, options);
    },
  };
}
