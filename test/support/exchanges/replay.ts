import type { EmulatorOptions } from '#emulator/server.ts';
import { openEmulator, type TestEmulator } from '../emulator.ts';
import { notApplicable, type Reason } from './applicability.ts';
import { compareAnswers, type GivenAnswer } from './compare-answers.ts';
import type { Exchange } from './exchange.ts';
import { prelude, type Prepared } from './prelude.ts';
import { presume } from './presume.ts';

/** What came of one exchange. */
export type Outcome = { readonly exchange: Exchange } & (
  | { readonly kind: 'not applicable'; readonly reason: Reason }
  | { readonly kind: 'equal' }
  | { readonly kind: 'differing'; readonly differences: readonly string[] }
);

/** Replays exchanges, each in an environment of its own. */
export async function replayAll(
  exchanges: readonly Exchange[],
  options: Partial<EmulatorOptions> = {},
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const emulator = await openEmulator(options);
  try {
    for (const exchange of exchanges) {
      const reason = notApplicable(exchange);
      if (reason !== undefined) {
        outcomes.push({ exchange, kind: 'not applicable', reason });
        continue;
      }
      await emulator.reset();
      outcomes.push(await replay(emulator, exchange));
    }
  } finally {
    await emulator.close();
  }
  return outcomes;
}

async function replay(emulator: TestEmulator, exchange: Exchange): Promise<Outcome> {
  let differences: readonly string[];
  try {
    presume(emulator.environment, exchange);
    const prepared = await prelude(emulator, exchange);
    differences = compareAnswers(exchange, await send(emulator, prepared));
  } catch (cause) {
    differences = [
      `not replayed: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
    ];
  }
  return differences.length === 0
    ? { exchange, kind: 'equal' }
    : { exchange, kind: 'differing', differences };
}

async function send(
  emulator: TestEmulator,
  { method, url, headers, body }: Prepared,
): Promise<GivenAnswer> {
  const answer = await fetch(`${emulator.url}${url}`, {
    method,
    headers: { Authorization: 'Bearer any', ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const given: Record<string, string> = {};
  for (const [name, value] of answer.headers) given[name] = value;
  return { status: answer.status, headers: given, body: await answer.text() };
}
