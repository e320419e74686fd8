import { readFileSync, writeFileSync } from 'node:fs';
import {
  conformanceTable,
  figuresOf,
  withTable,
} from '../test/support/exchanges/conformance-table.ts';
import { readExchanges } from '../test/support/exchanges/exchange.ts';
import { replayAll } from '../test/support/exchanges/replay.ts';

/** Replays the documented exchanges and writes what came of it into the emulator's README. */
const readme = new URL('../emulator/README.md', import.meta.url);
const exchanges = readExchanges();
if (exchanges === undefined) {
  process.stderr.write('The documented exchanges are not beside this checkout.\n');
  process.exitCode = 1;
} else {
  const outcomes = await replayAll(exchanges);
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), conformanceTable(outcomes)));
  process.stdout.write(`${JSON.stringify(figuresOf(outcomes))}\n`);
}
