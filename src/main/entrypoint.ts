import { widenThreadPool } from '../wire/thread-pool.ts';

/** The image's entry point: its first argument says which program a pod runs. */
const PROGRAMS: Record<string, () => Promise<{ main(args: string[]): Promise<void> }>> = {
  operator: () => import('./operator.ts'),
  server: () => {
    // Before anything is loaded: the pool must not have been used yet.
    widenThreadPool(process.env);
    return import('./server.ts');
  },
  'iso-digest': () => import('./iso-digest.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const load = PROGRAMS[name];
if (load) {
  const program = await load();
  try {
    await program.main(args);
    process.exit();
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
} else {
  process.stderr.write(`usage: ${Object.keys(PROGRAMS).join(' | ')} (got "${name}")\n`);
  process.exitCode = 64;
}
