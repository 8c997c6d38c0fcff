import type { Flow } from '../flows/flow.ts';
import type { Scene } from '../ground/scene.ts';
import { conditionFaults, toldTooEarly } from '../oracles/conditions.ts';
import {
  machineFaults,
  sharedSlots,
  sliceFaults,
  slotExcess,
  unguardedMachines,
  unownedCredentials,
} from '../oracles/machines.ts';
import { type Violation, violations } from '../oracles/oracle.ts';
import { exitFaults, outputFaults } from '../oracles/output.ts';
import { readableTexts, secretsIn, toldSecrets } from '../oracles/secrecy.ts';
import { blindDeletes } from '../oracles/writes.ts';

/** What the operator makes of a spec at once. */
const MADE = new Set([
  'ConfigMap',
  'Service',
  'NetworkPolicy',
  'Deployment',
  'Role',
  'RoleBinding',
  'PodDisruptionBudget',
]);

/** What the record of a run shows, whatever its end state is. */
export function judge(scene: Scene, flow: Flow): Violation[] {
  const { versions } = scene.history;
  const outputs = new Map(scene.operators.map(({ output }, index) => [`operator ${index + 1}`, output]));
  outputs.set('a server pod', scene.pods.logs());
  const secrets = new Set([
    ...scene.secrets,
    ...secretsIn(versions),
    ...scene.ground.guests.passwords(scene.namespace),
  ]);
  const texts = new Map([...outputs, ...scene.metrics, ...readableTexts(versions)]);
  return [
    ...violations('O3', [
      ...slotExcess(versions),
      ...machineFaults(versions),
      ...sliceFaults(versions),
      ...sharedSlots(versions),
      ...unguardedMachines(versions),
      ...unownedCredentials(versions),
      ...blindDeletes(scene.written.all.map(({ crossing }) => crossing)),
    ]),
    ...violations('O5', [
      ...scene.surprises,
      ...[...outputs].flatMap(([who, output]) => outputFaults(who, output)),
      ...exitFaults(versions),
    ]),
    ...violations('O6', toldSecrets(texts, secrets)),
    ...violations('O7', scene.broken),
    ...violations('O8', [...conditionFaults(versions), ...(flow.isEdit ? toldTooEarly(versions, MADE) : [])]),
  ];
}
