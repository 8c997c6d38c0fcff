/** Child of the benchmarks: what the machine does when it does nothing but private operations of RSA. */
import { constants, createPublicKey, publicEncrypt, type webcrypto } from 'node:crypto';
import { answerQuestions } from './answer-questions.ts';

/** All threads of libuv's pool. */
const HANDLES = 4;
const ALGORITHM = { name: 'RSA-OAEP', hash: 'SHA-256' };

export interface RawResult {
  perSecond: number;
  /** Of the whole process, for each operation. */
  cpuMs: number;
}

/** RSA-OAEP decryptions by WebCrypto, with a handle of the key for each thread that there is. */
async function rate({ privateKey, seconds }: { privateKey: string; seconds: number }): Promise<RawResult> {
  const der = Buffer.from(privateKey.replace(/-----.*-----|\s/g, ''), 'base64');
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const block = publicEncrypt({ key: createPublicKey(privateKey), padding, oaepHash: 'sha256' }, Buffer.alloc(48));
  const imports = Array.from({ length: HANDLES }, () =>
    crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['decrypt']),
  );
  const handles = await Promise.all(imports);
  const started = performance.now();
  const cpu = process.cpuUsage();
  let done = 0;
  const loop = async (handle: webcrypto.CryptoKey): Promise<void> => {
    while (performance.now() - started < seconds * 1000) {
      await crypto.subtle.decrypt(ALGORITHM.name, handle, block);
      done += 1;
    }
  };
  await Promise.all(handles.map(loop));
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: done / ((performance.now() - started) / 1000), cpuMs: (user + system) / 1000 / done };
}

answerQuestions({ rate, resident: () => process.memoryUsage.rss() });
