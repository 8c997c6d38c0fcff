import * as z from 'zod';
import { OperatorOptions } from './options.ts';

/** One option as help, flags and variables see it; all of it comes from the schema. */
export interface Field {
  /** In the file. */
  key: string;
  flag: string;
  variable: string;
  type: 'string' | 'number' | 'boolean' | 'array';
  description: string;
  /** Stands for the value in the help. */
  value: string;
  example: string;
  /** What the value must be, for people. */
  takes: string;
  /** As it would be written after the flag; absent when there is none. */
  fallback: string | undefined;
  required: boolean;
}

const Property = z.object({
  type: z.enum(['string', 'integer', 'number', 'boolean', 'array']),
  description: z.string(),
  value: z.string(),
  example: z.string(),
  takes: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

const { properties = {}, required = [] } = z.toJSONSchema(OperatorOptions, { io: 'input' });

export const FIELDS: Field[] = Object.entries(properties).map(([key, schema]) => {
  const property = Property.parse(schema);
  const words = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    key,
    flag: `--${words}`,
    variable: `ANWEDDOL_${words.replaceAll('-', '_').toUpperCase()}`,
    type: property.type === 'integer' ? 'number' : property.type,
    description: property.description,
    value: property.value,
    example: property.example,
    takes: property.takes ?? takes(property),
    fallback: fallback(property.default),
    required: required.includes(key),
  };
});

function takes({ type, enum: values, minimum, maximum }: z.output<typeof Property>): string {
  if (values) return `one of ${values.join(', ')}`;
  if (type === 'boolean') return 'true or false';
  return `a ${type === 'integer' ? 'whole number' : type} from ${minimum} to ${maximum}`;
}

function fallback(value: unknown): string | undefined {
  return value === undefined || (Array.isArray(value) && value.length === 0) ? undefined : String(value);
}
