/** What is seen of containers of the image from outside them. */

export interface RunFacts {
  /** From the start of runc to the first answer that it is ready. */
  readyMs: number;
  /** In bytes, once ready; 0 where the kernel does not tell. */
  resident: number;
  /** In bytes; 0 where the kernel can't hold it to one. */
  memoryLimit: number;
  /** Of its first process, as /proc has it. */
  status: Record<string, string>;
  /** Whether the root of its file system can't be written. */
  readOnlyRoot: boolean;
  metrics: string;
  end: { code: number | null; ms: number };
  output: string;
}

/** Of a program that ended by itself. */
interface EndFacts {
  code: number | null;
  said: string;
}

export interface Facts {
  /** Until it has made the pod that checks the ISO. */
  operator: RunFacts;
  isoDigest: EndFacts;
  /** Until it has made the pods of the server. */
  operatorAgain: RunFacts;
  server: RunFacts & {
    /** What it answered to STAT, to a client outside. */
    statistics: unknown;
    /** The same, to the image's own client. */
    anwdl: unknown;
  };
  /** The chart's pods of hooks, by the ends of their names: `await-crds` before all others, `stat` while the server runs. */
  hooks: Record<string, EndFacts>;
}
