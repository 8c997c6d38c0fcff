import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tool } from '../../../src/main/demo/tools.ts';

export const BROWSER: Tool = { program: 'chromium', packages: ['chromium', 'fonts-dejavu-core'] };

/** Longer than a page takes that asks nobody for anything. */
const LIMIT_MS = 60_000;

/** Takes a picture of a page (the path of its file) as PNG. @throws Error when the browser fails */
export async function picture(page: string, png: string, size: { width: number; height: number }): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'browser-'));
  try {
    const child = spawn(
      BROWSER.program,
      [
        '--headless=new',
        // As root it has no sandbox; it sees no page but ours.
        '--no-sandbox',
        '--disable-gpu',
        '--hide-scrollbars',
        `--user-data-dir=${profile}`,
        `--window-size=${Math.ceil(size.width)},${Math.ceil(size.height)}`,
        `--screenshot=${png}`,
        `file://${page}`,
      ],
      { stdio: 'ignore', signal: AbortSignal.timeout(LIMIT_MS) },
    );
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`${BROWSER.program} ended with ${code}`);
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}
