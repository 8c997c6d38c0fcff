/** Loaded by `--import` before a pod's program: makes this process see the pod's files and addresses. */
import { patchFs } from './patch-fs.ts';
import { patchNet } from './patch-net.ts';
import { POD_VIEW_VARIABLE, type PodView } from './pod-view.ts';

const json = process.env[POD_VIEW_VARIABLE];
if (json) {
  const view: PodView = JSON.parse(json);
  patchFs(view);
  patchNet(view);
}
