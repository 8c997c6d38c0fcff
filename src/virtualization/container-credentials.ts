/** What a client logs into its container with. */
export interface ContainerCredentials {
  /** `user_` and five digits, 10000 to 90000. */
  username: string;
  /** 120 letters and digits. */
  password: string;
  /** The container's SSH host key fingerprint as OpenSSH prints it, `SHA256:…`. */
  hostKeyFingerprint: string;
}
