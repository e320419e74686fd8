import packageJson from '../package.json' with { type: 'json' };

/** The version in package.json, built in. */
export const toolVersion: string = packageJson.version;
