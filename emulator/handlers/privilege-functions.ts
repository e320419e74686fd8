import type { FunctionHandler } from './function-handler.ts';

/** Functions about privileges, by name without namespace. */
export const privilegeFunctions: ReadonlyMap<string, FunctionHandler> = new Map();
