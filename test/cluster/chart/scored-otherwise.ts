/** What kube-score counts as critical and we don't, each with the reason. */
export const SCORED_OTHERWISE: Record<string, string> = {
  'container-resources': 'a limit of CPU time would slow the operator down when there is most to do; memory is limited',
  'container-image-pull-policy':
    'images are named by version or digest, and a node that has one need not ask the registry',
  'container-ephemeral-storage-request-and-limit': 'nothing is written: the root file system is read-only',
  'pod-networkpolicy':
    'networkPolicy.enabled is off by default, as a policy may cut off the API server where its port is another',
};
