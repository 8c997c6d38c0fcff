import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';

export interface ScrapeJob {
  job: string;
  /** The series' own `namespace` and `server` stay. */
  honorLabels: boolean;
  targets: { address: string; labels: Record<string, string> }[];
}

/** A series as Prometheus answers it; times in seconds. */
export interface Series {
  metric: Record<string, string>;
  points: { at: number; value: number }[];
}

/** In the same package as promtool. */
const PROGRAM = 'prometheus';
const PATIENCE_MS = 30_000;

/** Debian's Prometheus as a child process, on loopback and with a folder of its own. */
export class Prometheus implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  /** Begins to scrape each second. @throws Error when it does not become ready */
  static async start(folder: string, jobs: ScrapeJob[]): Promise<Prometheus> {
    await mkdir(folder, { recursive: true });
    const config = join(folder, 'prometheus.yaml');
    await writeFile(config, stringify(configuration(jobs)));
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      PROGRAM,
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const prometheus = new Prometheus(`http://${address}`, child);
    try {
      await prometheus.#untilReady();
    } catch (error) {
      await prometheus[Symbol.asyncDispose]();
      throw error;
    }
    return prometheus;
  }

  /** The values now. @throws Error with what Prometheus says of the query */
  async now(query: string): Promise<Series[]> {
    const { result } = await this.#ask<{ metric: Series['metric']; value: [number, string] }>('query', { query });
    return result.map(({ metric, value }) => ({ metric, points: [pointOf(value)] }));
  }

  /** The values between two times, `step` seconds apart. @throws Error with what Prometheus says of the query */
  async between(query: string, start: number, end: number, step: number): Promise<Series[]> {
    const times = { start: String(start), end: String(end), step: String(step) };
    const { result } = await this.#ask<{ metric: Series['metric']; values: [number, string][] }>('query_range', {
      query,
      ...times,
    });
    return result.map(({ metric, values }) => ({ metric, points: values.map(pointOf) }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }

  async #ask<T>(what: string, parameters: Record<string, string>): Promise<{ result: T[] }> {
    const response = await fetch(`${this.url}/api/v1/${what}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    const answer = (await response.json()) as { status: string; error?: string; data: { result: T[] } };
    if (answer.status !== 'success') throw new Error(`${parameters.query}: ${answer.error}`);
    return answer.data;
  }

  async #untilReady(): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    while (true) {
      const isReady = await fetch(`${this.url}/-/ready`, { signal }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return;
      if (signal.aborted || this.#child.exitCode !== null) throw new Error('Prometheus did not become ready');
      await sleep(100);
    }
  }
}

function configuration(jobs: ScrapeJob[]): object {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: jobs.map(({ job, honorLabels, targets }) => ({
      job_name: job,
      honor_labels: honorLabels,
      static_configs: targets.map(({ address, labels }) => ({ targets: [address], labels })),
    })),
  };
}

function pointOf([at, text]: [number, string]): Series['points'][number] {
  return { at, value: text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || !address) throw new Error('no free port');
  return address.port;
}
