import type { RunFetchXml } from './interface.ts';

export const runFetchXml: RunFetchXml = () => {
  throw new Error('not there yet');
};
