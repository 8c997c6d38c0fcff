/** Blocks of the guide that are not followed here, and why. */
export const NOT_FOLLOWED: Record<string, string> = {
  'install.md: Images': 'builds for minutes what test/image builds and runs; pushing needs a registry',
  'install.md: By Helm': 'the guide begins with the same command, and that is run',
};
