/** Of the container ISO. */
import { entries } from './entries.ts';

export const ISO_REASONS = entries({
  IsoVerified: { means: 'The ISO has the announced SHA-256.' },
  IsoCheckRunning: { means: 'The SHA-256 of the ISO is being read.' },
  IsoDownloading: { means: 'The ISO is being downloaded; the message says how far it is.' },
  IsoDownloadFailed: {
    means: 'The ISO could not be downloaded, or has another SHA-256 than the announced one.',
    remedy:
      'The message is that of the Containerized Data Importer; mend iso.http or what is behind it, then delete the DataVolume for another try.',
  },
  IsoVolumeTaken: {
    means: 'A DataVolume of the name that the download needs is there, and not of this server.',
    remedy: 'Delete that DataVolume, or change iso.http.',
  },
  CdiAbsent: {
    means: 'iso.http needs the Containerized Data Importer, which is not installed.',
    remedy: 'Install CDI 1.65 or later, or use iso.image or iso.persistentVolumeClaim.',
  },
  IsoClaimMissing: {
    means: 'The claim that holds the ISO is not there.',
    remedy:
      'Create it in the namespace of the server, with the ISO in it as disk.img, or mend iso.persistentVolumeClaim.',
  },
  IsoTaken: {
    means: 'This cluster can not read the ISO from its image, so the announced SHA-256 is taken on trust.',
  },
  IsoDigestUnknown: {
    means: 'This cluster can not read the ISO from its image, and no SHA-256 is announced.',
    remedy: 'Set iso.sha256.',
  },
  IsoUnavailable: { means: 'The ISO can not be had.', remedy: 'Mend the image reference, or the way to the registry.' },
  IsoCheckFailed: { means: 'The ISO can not be read.', remedy: 'The message says why; the check is repeated.' },
  IsoDigestMismatch: {
    means: 'The ISO has another SHA-256 than the announced one.',
    remedy: 'Use the right ISO, or announce the right SHA-256 after making sure that it is the right one.',
  },
});
