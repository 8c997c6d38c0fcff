/** The real kubectl that `npm test` found or built. @throws Error where the tests are run by other means */
export function kubectlProgram(): string {
  const program = process.env.KUBECTL;
  if (!program) throw new Error('KUBECTL is not set: run the tests by npm test');
  return program;
}
