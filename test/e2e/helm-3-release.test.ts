import { OWN_PLANES, startArena } from '../cluster/chart/arena.ts';
import { lifeOfRelease } from '../cluster/chart/release-life.ts';
import { suite } from '../support/suite.ts';
import { HELM_3 } from '../unit/chart/helms.ts';

const HOSTS = ['127.0.0.91', '127.0.0.92'];

for (const [index, plane] of OWN_PLANES.entries()) {
  const host = HOSTS[index] ?? '';
  suite(`a release by ${HELM_3.name} on the ${plane.name}`, plane.skip || HELM_3.skip, () => {
    lifeOfRelease(() => startArena(plane, host), HELM_3, host);
  });
}
