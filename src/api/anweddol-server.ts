/** The AnweddolServer resource: one source for its TypeScript type, its defaults and its CustomResourceDefinition. */
import * as z from 'zod';
import { Port } from './common-fields.ts';
import { celRules } from './crd/cel-rules.ts';
import { AccessTokens, IpFilter, Tls, Web } from './server/access.ts';
import { Containers } from './server/containers.ts';
import { Iso } from './server/iso.ts';
import { Keys } from './server/keys.ts';
import { Pod } from './server/pod.ts';
import { ServiceSpec } from './server/service.ts';

const SSH_PORTS = 'self.service.firstSshPort + self.containers.maxRunning';

export const AnweddolServerSpec = z
  .object({
    replicas: z
      .int()
      .min(0)
      .max(100)
      .default(2)
      .describe('How many server pods there are. They hold no state; kubectl scale works. Default: 2.'),
    listenPort: Port.default(6150).describe(
      'Port that clients connect to, on the Service and the pods. Not 8081 or 9090. Default: 6150.',
    ),
    clientTimeoutSeconds: z
      .int()
      .min(1)
      .max(300)
      .default(10)
      .describe(
        "Seconds within which a client's whole handshake and request must be done. Raise it for clients on very slow lines. Default: 10.",
      ),
    iso: Iso,
    containers: Containers,
    service: ServiceSpec,
    keys: Keys,
    accessTokens: AccessTokens,
    ipFilter: IpFilter.optional(),
    web: Web,
    tls: Tls,
    pod: Pod,
    paused: z
      .boolean()
      .default(false)
      .describe(
        'While it is true the operator changes nothing of this server, not even what somebody else breaks; the status is still told. Containers still end when they are due. Default: false.',
      ),
  })
  .meta(
    celRules(
      {
        rule: `${SSH_PORTS} - 1 <= 65535`,
        message: 'service.firstSshPort + containers.maxRunning must not go past port 65535',
      },
      {
        rule: `self.listenPort < self.service.firstSshPort || self.listenPort >= ${SSH_PORTS}`,
        message: 'listenPort lies in the range of the SSH ports; move service.firstSshPort or listenPort',
      },
      {
        rule: `!self.web.enabled || self.web.port < self.service.firstSshPort || self.web.port >= ${SSH_PORTS}`,
        message: 'web.port lies in the range of the SSH ports; move service.firstSshPort or web.port',
      },
      {
        rule: '!self.web.enabled || self.web.port != self.listenPort',
        message: 'web.port and listenPort must differ',
      },
      {
        rule: 'self.listenPort != 8081 && self.listenPort != 9090 && (!self.web.enabled || (self.web.port != 8081 && self.web.port != 9090))',
        message:
          'ports 8081 and 9090 of server pods are taken by health and metrics; choose another for listenPort or web.port',
      },
      {
        rule: "!has(self.ipFilter) || self.service.clientAddress != 'none'",
        message: 'ipFilter needs client addresses: set service.clientAddress to preserved or proxyProtocol',
      },
    ),
  );

export type AnweddolServerSpec = z.infer<typeof AnweddolServerSpec>;
