const FAULTS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
  EDQUOT: 'no space is left',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  ENOENT: 'no such file or folder',
  ELOOP: 'too many symbolic links',
};

/** What a system call on a file objects to, in words. */
export function fileFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return FAULTS[code] ?? error.message;
}
