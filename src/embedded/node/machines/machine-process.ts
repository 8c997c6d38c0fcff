import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Guard } from '../guard.ts';
import type { LogBuffer } from '../log-buffer.ts';
import type { Machine, MachineEnd } from './hypervisor.ts';
import { SERIAL_FD } from './machine-arguments.ts';
import { Qmp } from './qmp.ts';

const STDERR_CAPACITY = 4096;

/** A QEMU process. */
export class MachineProcess implements Machine {
  readonly #child: ChildProcess;
  readonly #qmp: Qmp;
  readonly #negotiated: Promise<unknown>;
  readonly ended: Promise<MachineEnd>;
  #stopped = false;
  #shutdown: string | undefined;
  #said = '';

  private constructor(child: ChildProcess, qmp: Qmp, console: LogBuffer) {
    this.#child = child;
    this.#qmp = qmp;
    const serial = child.stdio[SERIAL_FD] as Readable;
    serial.on('data', (chunk: Buffer) => console.append(chunk)).on('error', () => undefined);
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-STDERR_CAPACITY);
    });
    qmp.on('SHUTDOWN', ({ reason }) => {
      this.#shutdown = String(reason);
    });
    // At once: QEMU reports nothing before, and a guest may end soon.
    this.#negotiated = qmp.execute('qmp_capabilities');
    this.#negotiated.catch(() => undefined);
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve({ how: 'crashed', message: error.message }));
      child.once('close', (code, signal) => {
        console.end();
        resolve(this.#end(code, signal));
      });
    });
  }

  static start(options: { qemu: string; args: string[]; console: LogBuffer; guard: Guard }): MachineProcess {
    const { qemu, args, console, guard } = options;
    const child = spawn(qemu, args, {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
      cwd: '/',
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    });
    guard.watch(child);
    return new MachineProcess(child, new Qmp(child.stdin, child.stdout), console);
  }

  async running(): Promise<void> {
    await this.#negotiated;
    const { status } = (await this.#qmp.execute('query-status')) as { status: string };
    if (status !== 'running') await once(this.#qmp, 'RESUME');
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  async powerDown(): Promise<void> {
    this.#stopped = true;
    await this.#qmp.execute('system_powerdown').catch(() => undefined);
  }

  kill(): void {
    this.#stopped = true;
    this.#child.kill('SIGKILL');
  }

  #end(code: number | null, signal: NodeJS.Signals | null): MachineEnd {
    if (this.#stopped) return { how: 'stopped' };
    if (code === 0 && (this.#shutdown === 'guest-shutdown' || this.#shutdown === 'guest-reset'))
      return { how: 'guest' };
    const what = this.#shutdown ?? (signal ? `signal ${signal}` : `exit code ${code}`);
    return { how: 'crashed', message: `${what}: ${this.#said.trim()}` };
  }
}
