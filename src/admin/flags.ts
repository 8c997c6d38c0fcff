/** What the flags of every command for administrators say. */
export interface ClusterFlags {
  output: 'table' | 'json';
  /** A file. */
  kubeconfig?: string;
  context?: string;
  /** Seconds for one request. */
  timeout: number;
  namespace?: string;
}

export interface DoctorFlags extends ClusterFlags {
  dial?: boolean;
}

export interface StatusFlags extends ClusterFlags {
  watch?: boolean;
}
