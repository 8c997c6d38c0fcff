export interface KubeconfigOptions {
  name: string;
  url: string;
  /** PEM. */
  caCertificate: string;
  /** Bearer token. */
  token: string;
  /** For what names none. Default `default`. */
  namespace?: string;
}

/** A kubeconfig as JSON, which is YAML too. */
export function kubeconfigText({ name, url, caCertificate, token, namespace }: KubeconfigOptions): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name, cluster: { server: url, 'certificate-authority-data': Buffer.from(caCertificate).toString('base64') } },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, ...(namespace && { namespace }) } }],
    'current-context': name,
  });
}
