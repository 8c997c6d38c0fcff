import { OWN_PLANES, startArena } from '../cluster/chart/arena.ts';
import { lifeOfRelease } from '../cluster/chart/release-life.ts';
import { suite } from '../support/suite.ts';
import { HELM_4 } from '../unit/chart/helms.ts';

const HOSTS = ['127.0.0.93', '127.0.0.94'];

for (const [index, plane] of OWN_PLANES.entries()) {
  const host = HOSTS[index] ?? '';
  suite(`a release by ${HELM_4.name} on the ${plane.name}`, plane.skip || HELM_4.skip, () => {
    lifeOfRelease(() => startArena(plane, host), HELM_4, host);
  });
}
