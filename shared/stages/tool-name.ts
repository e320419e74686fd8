import manifest from '../../package.json' with { type: 'json' };

/** Name and version of the product, as packages and plans record it. */
export const toolName = `${manifest.name} ${manifest.version}`;
