import { InternalError, MigrationError } from '#shared/errors/migration-error.ts';
import type { Random } from './random.ts';

/** A reader of something that comes from outside. */
export interface FuzzTarget {
  /** As `npm run fuzz -- --parser` takes it. */
  readonly name: string;
  /** What it reads, for people. */
  readonly reads: string;
  /** Honest inputs to begin from. */
  readonly seeds: readonly (string | Uint8Array)[];
  /** Words of the format. */
  readonly words: readonly string[];
  /** A change that keeps the format; the usual ones break it. */
  readonly change?: (input: Uint8Array, random: Random) => Uint8Array;
  /** Reads everything there is in the input. What it throws must be an answer. */
  readonly read: (input: Uint8Array) => unknown;
  /** Processor time that one input may take, where the reader looks at the clock. */
  readonly maxMs?: number;
  /** Whether an error is the product's word to whoever gave the input. */
  readonly isAnswer?: (error: unknown) => boolean;
}

/** Processor time that one input may take. */
export const maxMsPerInput = 2000;

/** Why an input breaks the law that every input ends in a value or an error with a sentence; `undefined`: it holds. */
export async function violationOf(
  target: FuzzTarget,
  input: Uint8Array,
): Promise<string | undefined> {
  const before = process.cpuUsage();
  const problem = await readingProblem(target, input);
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  if (problem !== undefined) return problem;
  if (ms > (target.maxMs ?? maxMsPerInput)) return `it took ${ms.toFixed(0)} ms of processor time`;
  if (isPolluted()) return 'it changed the prototype of all objects';
  return undefined;
}

async function readingProblem(target: FuzzTarget, input: Uint8Array): Promise<string | undefined> {
  try {
    await target.read(input);
    return undefined;
  } catch (error) {
    const isAnswer = target.isAnswer ?? isProductError;
    if (isAnswer(error)) return undefined;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** An error of the product's family with all three parts; a fault of its own is none. */
export function isProductError(error: unknown): boolean {
  return (
    error instanceof MigrationError &&
    !(error instanceof InternalError) &&
    [error.what, error.where, error.next].every((part) => part.trim() !== '') &&
    error.message.length < maxMessageChars
  );
}

const maxMessageChars = 6100;

const ownNames = Object.getOwnPropertyNames(Object.prototype).length;
const arrayNames = Object.getOwnPropertyNames(Array.prototype).length;

function isPolluted(): boolean {
  return (
    Object.getOwnPropertyNames(Object.prototype).length !== ownNames ||
    Object.getOwnPropertyNames(Array.prototype).length !== arrayNames
  );
}

export function bytesOf(input: string | Uint8Array): Uint8Array {
  return typeof input === 'string' ? Buffer.from(input) : input;
}

export function textOf(input: Uint8Array): string {
  return Buffer.from(input).toString('utf8');
}
