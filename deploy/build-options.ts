/** How sources become JavaScript. */
import type { BuildOptions } from 'esbuild';
import { leanDependencies } from './lean-dependencies.ts';

/** Of all that is bundled. */
export const COMMON: BuildOptions = {
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'warning',
};

/** Of programs, which have their dependencies within. */
export const PROGRAM: BuildOptions = {
  ...COMMON,
  plugins: [leanDependencies],
  // Native parts that ssh2 does without where they are missing.
  external: ['cpu-features', '*.node'],
  // Dependencies that are CommonJS expect these.
  banner: {
    js: [
      "import { createRequire } from 'node:module';",
      'const require = createRequire(import.meta.url);',
      'const __filename = import.meta.filename;',
      'const __dirname = import.meta.dirname;',
    ].join('\n'),
  },
};
