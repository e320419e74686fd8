import type { RunODataQuery } from './interface.ts';

export const runODataQuery: RunODataQuery = () => {
  throw new Error('not there yet');
};
