/** What `--help` of the commands for administrators says below the flags. */

const COMMANDS = {
  doctor: `
Each check says ok, warning, failed or unknown (it could not be looked at), what
was found, and what to do. Nothing is changed. The key Secrets of servers are
read where you may, to compare the fingerprint; without the right they are not
asked for.

Examples:
  anwdl doctor
  anwdl doctor -n lab --dial
  anwdl doctor --context staging -o json |
    jq -r '.findings[] | select(.result == "failed") | .check + ": " + .found'

Exit codes:
  0  nothing failed; there may be warnings, and what could not be looked at
  1  a check failed
  2  the cluster cannot be reached
  64 wrong usage
  78 the kubeconfig cannot be used
  130, 143  interrupted, terminated
`,
  status: `
No Secret is read.

Examples:
  anwdl status lab
  anwdl status lab -n class --watch
  anwdl status lab -o json | jq '.containers[] | select(.state == "ready")'

Exit codes:
  0  shown
  1  there is no such server, or the cluster refuses to show it
  2  the cluster cannot be reached
  64 wrong usage
  78 the kubeconfig cannot be used
  130, 143  interrupted, terminated
`,
};

export function adminHelp(name: keyof typeof COMMANDS): string {
  return COMMANDS[name];
}
