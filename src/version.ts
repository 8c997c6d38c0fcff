import packageJson from '../package.json' with { type: 'json' };

/** The version of this project: what STAT reports. */
export const VERSION: string = packageJson.version;
