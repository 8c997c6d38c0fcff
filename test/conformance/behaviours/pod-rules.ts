import assert from 'node:assert/strict';
import { type Behaviour, chapter } from '../behaviour.ts';
import { CONTAINER, inNamespace, pod } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/** Each spec is refused for the cause beside it. */
function refuses(...rules: [spec: object, ...causes: string[]][]): Behaviour['run'] {
  return async ({ admin, namespace }) => {
    for (const [spec, ...causes] of rules) {
      assertInvalid(await admin.post(inNamespace(namespace, 'pods'), pod('one', spec)), ...causes);
    }
  };
}

function container(change: object) {
  return { containers: [{ ...CONTAINER, ...change }] };
}

export const podRules = chapter('rules of pods', {
  'a pod has containers, each with a name of its own and an image': refuses(
    [{ containers: [] }, 'spec.containers: Required value'],
    [container({ name: '' }), 'spec.containers[0].name: Required value'],
    [container({ name: 'A_' }), `spec.containers[0].name: Invalid value: "A_": ${LABEL}`],
    [container({ image: undefined }), 'spec.containers[0].image: Required value'],
    [{ containers: [CONTAINER, CONTAINER] }, 'spec.containers[1].name: Duplicate value: "main"'],
    [{ initContainers: [CONTAINER] }, 'spec.initContainers[0].name: Duplicate value: "main"'],
  ),
  'policies of a pod are those that there are': refuses(
    [
      { restartPolicy: 'Sometimes' },
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      { dnsPolicy: 'Foo' },
      'spec.dnsPolicy: Unsupported value: "Foo": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
    ],
    [
      container({ imagePullPolicy: 'Maybe' }),
      'spec.containers[0].imagePullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"',
    ],
    [
      { activeDeadlineSeconds: 0 },
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
  ),
  'a container asks for no more than its limit': refuses(
    [
      container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      container({ resources: { requests: { memory: '2Gi' }, limits: { memory: '1024Mi' } } }),
      'spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
    ],
    [
      container({ resources: { requests: { cpu: '-1' } } }),
      'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    ],
    [
      container({ resources: { requests: { 'devices.kubevirt.io/kvm': '1' } } }),
      'spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources',
    ],
  ),
  'what is no quantity is not read': async ({ admin, namespace }) => {
    const body = pod('one', container({ resources: { requests: { cpu: '1x' } } }));
    const why = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    const answer = await admin.post(inNamespace(namespace, 'pods'), body);
    assertRefused(answer, 400, 'BadRequest', `Pod in version "v1" cannot be handled as a Pod: ${why}`);
  },
  'ports have numbers, and names that are told apart': refuses(
    [container({ ports: [{ containerPort: 0 }] }), 'spec.containers[0].ports[0].containerPort: Required value'],
    [
      container({ ports: [{ containerPort: 80, name: 'Web' }] }),
      'spec.containers[0].ports[0].name: Invalid value: "Web": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    ],
    [
      container({
        ports: [
          { containerPort: 80, name: 'web' },
          { containerPort: 81, name: 'web' },
        ],
      }),
      'spec.containers[0].ports[1].name: Duplicate value: "web"',
    ],
    [
      { hostNetwork: true, ...container({ ports: [{ containerPort: 80, hostPort: 81 }] }) },
      'spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true',
    ],
  ),
  'a probe asks in one way': refuses(
    [
      container({ readinessProbe: { httpGet: { port: 80 }, tcpSocket: { port: 80 } } }),
      'spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
    ],
    [
      container({ readinessProbe: { periodSeconds: 1 } }),
      'spec.containers[0].readinessProbe: Required value: must specify a handler type',
    ],
    [
      container({ readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: -1 } }),
      'spec.containers[0].readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      container({ livenessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 } }),
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
  ),
  'volumes have names of their own and one source': refuses(
    [{ volumes: [{ name: 'v' }, { name: 'v' }] }, 'spec.volumes[1].name: Duplicate value: "v"'],
    [{ volumes: [{ name: 'V_' }] }, `spec.volumes[0].name: Invalid value: "V_": ${LABEL}`],
    [
      { volumes: [{ name: 'v', emptyDir: {}, secret: { secretName: 'x' } }] },
      'spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type',
    ],
    [{ volumes: [{ name: 'v', secret: {} }] }, 'spec.volumes[0].secret.secretName: Required value'],
    [{ volumes: [{ name: 'v', image: {} }] }, 'spec.volumes[0].image.reference: Required value'],
    [
      {
        volumes: [
          { name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 5 } }] } },
        ],
      },
      'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
    ],
  ),
  'what is mounted is a volume, and each at a place of its own': refuses(
    [
      container({ volumeMounts: [{ name: 'v', mountPath: '/a' }] }),
      'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ],
    [
      {
        volumes: [{ name: 'v' }],
        ...container({
          volumeMounts: [
            { name: 'v', mountPath: '/a' },
            { name: 'v', mountPath: '/a' },
          ],
        }),
      },
      'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
    ],
    [
      { volumes: [{ name: 'v' }], ...container({ volumeMounts: [{ name: 'v' }] }) },
      'spec.containers[0].volumeMounts[0].mountPath: Required value',
    ],
  ),
  'variables have names, and one value each': refuses(
    [
      container({ env: [{ name: 'A=', value: 'b' }] }),
      `spec.containers[0].env[0].name: Invalid value: "A=": a valid environment variable name must consist only of printable ASCII characters other than '='`,
    ],
    [
      container({ env: [{ name: 'A', value: 'b', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
      'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
    ],
    [
      container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }] }),
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo',
    ],
  ),
  'contexts of security make sense': refuses(
    [
      { securityContext: { runAsUser: -1 } },
      'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    ],
    [
      { securityContext: { seccompProfile: { type: 'Foo' } } },
      'spec.securityContext.seccompProfile.type: Unsupported value: "Foo": supported values: "Localhost", "RuntimeDefault", "Unconfined"',
    ],
    [
      { securityContext: { seccompProfile: { type: 'Localhost' } } },
      'spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
    ],
  ),
  'a privileged container gains privileges': async ({ admin, namespace }) => {
    const securityContext = { privileged: true, allowPrivilegeEscalation: false };
    const answer = await admin.post(inNamespace(namespace, 'pods'), pod('one', container({ securityContext })));
    assertRefused(answer, 422, 'Invalid', /cannot set `allowPrivilegeEscalation` to false and `privileged` to true$/);
  },
  'a readiness gate is a type of condition': async ({ admin, namespace }) => {
    const gates = (conditionType: string) =>
      admin.post(inNamespace(namespace, 'pods'), pod('one', { readinessGates: [{ conditionType }] }));
    assertRefused(
      await gates('a b'),
      422,
      'Invalid',
      /spec.readinessGates\[0\].conditionType: Invalid value: "a b": name part must/,
    );
    assert.equal((await gates('example.com/ready')).code, 201);
  },
});
