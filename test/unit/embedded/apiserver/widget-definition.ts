/** A CustomResourceDefinition that uses most of what one can say. */

const string = { type: 'string' };

export const WIDGETS = '/apis/t.io/v1/namespaces/default/widgets';
export const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export function definition(plural: string, schema: object, version: object = {}): object {
  const kind = plural.slice(0, 1).toUpperCase() + plural.slice(1, -1);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.t.io` },
    spec: {
      group: 't.io',
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version }],
    },
  };
}

const spec = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]+$' },
    size: { type: 'integer', minimum: 1, maximum: 10, default: 3 },
    mode: { type: 'string', enum: ['a', 'b'] },
    port: { 'x-kubernetes-int-or-string': true },
    when: { type: 'string', format: 'date-time' },
    raw: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    tags: { type: 'array', maxItems: 2, items: string, 'x-kubernetes-list-type': 'set' },
    fixed: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'fixed is immutable' }] },
    memory: {
      type: 'string',
      'x-kubernetes-validations': [
        { rule: 'quantity(self).isGreaterThan(quantity("1Gi"))', messageExpression: '"1Gi is the least, not " + self' },
      ],
    },
    nested: {
      type: 'object',
      default: {},
      properties: {
        deep: { type: 'object', default: {}, properties: { value: { type: 'string', default: 'filled' } } },
      },
    },
    ports: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', required: ['name'], properties: { name: string, port: { type: 'integer' } } },
    },
  },
  'x-kubernetes-validations': [
    { rule: '!has(self.mode) || self.mode != "b" || self.size > 3', message: 'b needs a size above 3' },
  ],
};

const status = {
  type: 'object',
  properties: {
    replicas: { type: 'integer' },
    selector: string,
    phase: string,
    conditions: { type: 'array', items: { type: 'object', properties: { type: string, status: string } } },
  },
};

export const widgetDefinition = definition(
  'widgets',
  { type: 'object', required: ['spec'], properties: { spec, status } },
  {
    subresources: {
      status: {},
      scale: {
        specReplicasPath: '.spec.size',
        statusReplicasPath: '.status.replicas',
        labelSelectorPath: '.status.selector',
      },
    },
    additionalPrinterColumns: [
      { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
      { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ],
  },
);

export function widget(name: string, fields: object = {}): object {
  return { apiVersion: 't.io/v1', kind: 'Widget', metadata: { name }, spec: { name: 'abc', ...fields } };
}
