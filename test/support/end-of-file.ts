/**
 * Loaded before every test file: one whose test failed half-way, with something still open, ends all the same. Node's own
 * `--test-force-exit` would end it too, but sometimes before the last results have been passed on, which then nobody counts.
 */
import { after } from 'node:test';

const PATIENCE_MS = 10_000;

after(() => {
  // A file with nothing open is gone before.
  setTimeout(() => {
    process.stderr.write(`*** ${process.argv[1]} left open: ${process.getActiveResourcesInfo().join(', ')}\n`);
    process.exit();
  }, PATIENCE_MS).unref();
});
