/** What KubeVirt's mutating webhook says of a machine that it can't read. */

import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import type { FieldError } from '../../apiserver/base/field-error.ts';
import type { JsonObject } from '../../apiserver/base/json.ts';
import type { Schema } from '../../apiserver/schema/schema.ts';
import { validate } from '../../apiserver/schema/validate.ts';
import { isAmount } from './amounts.ts';

const NO_QUANTITY = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** The rules of the definition's schema that the object breaks. */
export function shapeProblems(object: JsonObject, schema: Schema): string[] {
  return validate(object, schema).map((error) => wording(error).replaceAll(/\[\d+\]/g, ''));
}

function wording({ type, field, detail = '' }: FieldError): string {
  if (type === 'FieldValueRequired') return `${field} in body is required`;
  if (type !== 'FieldValueNotSupported') return detail;
  const values = [...detail.matchAll(/"([^"]*)"/g)].map(([, value]) => value);
  return `${field} in body should be one of [${values.join(' ')}]`;
}

/** Why the object, whose shape is right, is no machine to a program in Go; undefined when it is one. */
export function unreadable({ spec }: VirtualMachineInstance): string | undefined {
  return negativeCount(spec) ?? (quantitiesOf(spec).every(isAmount) ? undefined : NO_QUANTITY);
}

type Spec = VirtualMachineInstance['spec'];

function negativeCount({ domain }: Spec): string | undefined {
  const { cpu, devices } = domain;
  const counts: [string, number | undefined, string][] = [
    ...(['cores', 'maxSockets', 'sockets', 'threads'] as const).map((name): [string, number | undefined, string] => [
      `cpu.${name}`,
      cpu?.[name],
      'uint32',
    ]),
    ...(devices.disks ?? []).map(({ bootOrder }): [string, number | undefined, string] => [
      'devices.disks.bootOrder',
      bootOrder,
      'uint',
    ]),
  ];
  const wrong = counts.find(([, count]) => count !== undefined && count < 0);
  if (!wrong) return undefined;
  const [field, count, type] = wrong;
  const where = `Go struct field VirtualMachineInstance.spec.domain.${field} of type ${type}`;
  return `json: cannot unmarshal number ${count} into ${where}`;
}

function quantitiesOf({ domain, volumes = [] }: Spec): unknown[] {
  const { memory, resources } = domain;
  return [
    memory?.guest,
    memory?.maxGuest,
    ...Object.values(resources?.requests ?? {}),
    ...Object.values(resources?.limits ?? {}),
    ...volumes.map(({ emptyDisk }) => emptyDisk?.capacity),
  ].filter((quantity) => quantity !== undefined);
}
