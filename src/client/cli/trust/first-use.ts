import type { GenerationNumber } from '../../../wire/generation.ts';
import { formatPin } from '../../tls/pins.ts';
import { CliError, EXIT } from '../errors.ts';
import type { KeyKind } from '../known-servers/known-key.ts';
import { findKey, withGeneration, withKey } from '../known-servers/known-lines.ts';
import { type KnownServersFile, NotWritten } from '../known-servers/known-servers-file.ts';

const KIND_NAMES: Record<KeyKind, string> = { rsa: 'RSA', tls: 'TLS' };

export interface TrustOnFirstUseOptions {
  /** See `serverName`. */
  server: string;
  kind: KeyKind;
  /** Absent: there is no place for one. */
  file?: KnownServersFile | undefined;
  /** What the user has to type so that the key is forgotten. */
  forgetCommand: string;
  /** Tells the user something, in one line. */
  notice: (text: string) => void;
}

/** The key that a server shows first is its key from then on. For one server, as long as the program runs. */
export class TrustOnFirstUse {
  readonly #options: TrustOnFirstUseOptions;
  /** Counts whatever becomes of the file: a server that is asked twice must not show two keys. */
  #accepted: string | undefined;

  constructor(options: TrustOnFirstUseOptions) {
    this.#options = options;
  }

  /** Whether this is not the first contact. @throws `CliError` when the file can't be read */
  async isKnown(): Promise<boolean> {
    return (await this.#known()) !== undefined;
  }

  /**
   * Takes the key of a first contact, and says so; is silent about a known one.
   * @param sha256 64 lower-case hex digits
   * @param remark about a new key, for the user
   * @throws `CliError` when the server has shown another key before, or the file can't be read
   */
  async check(sha256: string, remark?: string): Promise<void> {
    const { server, kind, file, notice } = this.#options;
    const key = `its ${KIND_NAMES[kind]} key ${formatPin(sha256)}${remark ? ` (${remark})` : ''}`;
    const known = await this.#known();
    if (known === undefined) {
      const problem = await this.#store(sha256);
      if (problem) notice(`first contact with ${server}: ${key} is taken, but cannot be stored: ${problem}`);
      else notice(`first contact with ${server}: ${key} is now known (${file?.path})`);
    } else if (known !== sha256) {
      throw this.#changed(known, sha256);
    }
    this.#accepted = sha256;
  }

  /** The generation that the server was found to speak. */
  async recall(): Promise<GenerationNumber | undefined> {
    const { server, kind, file } = this.#options;
    return file && findKey(await file.read(), server, kind)?.generation;
  }

  /** Never fails, and waits for no other program: nothing is lost but time when it is not stored. */
  async remember(generation: GenerationNumber | undefined): Promise<void> {
    const { server, kind, file } = this.#options;
    try {
      if (!file || (await this.recall()) === generation) return;
      await file.update((lines) => withGeneration(lines, server, kind, generation), { patienceMs: 0 });
    } catch (error) {
      if (!(error instanceof NotWritten) && !(error instanceof CliError)) throw error;
    }
  }

  async #known(): Promise<string | undefined> {
    const { server, kind, file } = this.#options;
    return this.#accepted ?? (file && findKey(await file.read(), server, kind)?.sha256);
  }

  /** @returns why it was not stored */
  async #store(sha256: string): Promise<string | undefined> {
    const { server, kind, file } = this.#options;
    if (!file) return 'there is no home folder, give --known-servers FILE';
    let meanwhile: string | undefined;
    const problem = await problemOf(
      file.update((lines) => {
        meanwhile = findKey(lines, server, kind)?.sha256;
        return meanwhile === undefined ? withKey(lines, { server, kind, sha256 }) : lines;
      }),
    );
    // Another program met the server at the same time.
    if (meanwhile !== undefined && meanwhile !== sha256) throw this.#changed(meanwhile, sha256);
    return problem && `${file.path}: ${problem}`;
  }

  #changed(known: string, shown: string): CliError {
    const { server, kind, file, forgetCommand } = this.#options;
    const message = `${server} shows another ${KIND_NAMES[kind]} key than before; nothing secret was sent to it`;
    const place = this.#accepted === undefined ? file?.path : undefined;
    const explanation = [
      `known:  ${formatPin(known)}${place ? ` (${place})` : ''}`,
      `shown:  ${formatPin(shown)}`,
      'Either the server was made anew, or somebody between you and it poses as the server.',
      'Ask those who run it whether the key shown is theirs. If it is, forget the known one and try again:',
      forgetCommand,
    ];
    return new CliError(EXIT.untrusted, message, { explanation });
  }
}

async function problemOf(update: Promise<void>): Promise<string | undefined> {
  try {
    await update;
    return undefined;
  } catch (error) {
    if (error instanceof NotWritten) return error.message;
    throw error;
  }
}
