import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { diskFile } from '../images/disk-file.ts';
import type { ImageCatalogue } from '../images/image-catalogue.ts';

/**
 * The disk files of a machine, by the name of its volumes. Volumes that this node has nothing for are left out.
 * @throws Error when an image holds no disk file
 */
export function machineDisks(vmi: VirtualMachineInstance, catalogue: ImageCatalogue): Map<string, string> {
  const disks = new Map<string, string>();
  for (const { name, containerDisk, persistentVolumeClaim } of vmi.spec.volumes ?? []) {
    const image = containerDisk && catalogue.images.get(containerDisk.image);
    const claim = `${vmi.metadata.namespace}/${persistentVolumeClaim?.claimName}`;
    const path = image?.kind === 'disk' ? image.path : persistentVolumeClaim && catalogue.claims?.get(claim);
    if (path) disks.set(name, diskFile(path));
  }
  return disks;
}
