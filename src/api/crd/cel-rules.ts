/** A rule that the API server evaluates, in the Common Expression Language. */
export interface CelRule {
  rule: string;
  /** What a person is told when the rule does not hold. */
  message: string;
  fieldPath?: string;
}

/** Metadata for a zod schema that carries CEL rules into the CustomResourceDefinition. */
export function celRules(...rules: CelRule[]): Record<string, unknown> {
  return { 'x-kubernetes-validations': rules };
}
