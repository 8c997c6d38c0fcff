/** What an operator was told, as far as its Deployment shows; pure. */
import type { Deployment } from '../../kube/resources.ts';

export interface OperatorSettings {
  /** That it looks at; empty: all. */
  namespaces: string[];
  /** Undefined: it takes none. */
  lease: { namespace: string; name: string } | undefined;
  account: { namespace: string; name: string };
  image: string;
  /** Whether a file tells it more, which is not looked at. */
  hasFile: boolean;
}

/** Whether a Deployment runs the operator, whatever it is called. */
export function runsOperator({ spec }: Deployment): boolean {
  const containers = spec?.template?.spec?.containers ?? [];
  return containers.some(
    ({ args = [] }) => args[0] === 'operator' && args.some((arg) => arg.startsWith('--server-image')),
  );
}

/** Flags go before environment variables. */
export function operatorSettings({ metadata, spec }: Deployment): OperatorSettings {
  const { namespace = 'default' } = metadata;
  const pod = spec?.template?.spec;
  const containers = pod?.containers ?? [];
  const container = containers.find((one) => one.name === 'operator') ?? containers[0];
  const flags = flagsOf([...(container?.command ?? []), ...(container?.args ?? [])]);
  const variables = new Map((container?.env ?? []).map((variable) => [variable.name, variable.value]));
  const told = (option: string): string | undefined =>
    flags.get(option) ?? (variables.get(`ANWEDDOL_${option.replaceAll('-', '_').toUpperCase()}`) || undefined);
  const list = (option: string) =>
    (told(option) ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean);
  const lease = {
    namespace: told('leader-elect-resource-namespace') ?? namespace,
    name: told('leader-elect-resource-name') ?? 'anweddol-operator',
  };
  return {
    namespaces: list('namespaces'),
    lease: told('leader-elect') === 'false' || flags.has('no-leader-elect') ? undefined : lease,
    account: { namespace, name: pod?.serviceAccountName ?? 'default' },
    image: container?.image ?? '',
    hasFile: told('config') !== undefined,
  };
}

/** `--name=value` and `--name value`; what is a list adds up. */
function flagsOf(args: readonly string[]): Map<string, string> {
  const flags = new Map<string, string>();
  for (const [index, arg] of args.entries()) {
    const [, name, value = args[index + 1] ?? ''] = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (!name) continue;
    const before = name === 'namespaces' ? flags.get(name) : undefined;
    flags.set(name, before ? `${before},${value}` : value);
  }
  return flags;
}

/** The tag of an image, which is the version where it was not changed; undefined for a digest alone. */
export function tagOf(image: string): string | undefined {
  return /^[^@]*:(\w[\w.-]*)(?:@.*)?$/.exec(image)?.[1];
}

/** Whether an operator serves a namespace. */
export function servesNamespace({ namespaces }: OperatorSettings, namespace: string): boolean {
  return namespaces.length === 0 || namespaces.includes(namespace);
}
