import { openRequests } from '#shared/dataverse/connect.ts';
import { InputError } from '#shared/errors/migration-error.ts';
import { parseEnvironmentUrl } from '#shared/host/environment-url.ts';
import { randomIds, systemClock } from '#shared/host/node-ports.ts';
import { createSecretMask } from '#shared/host/secret-mask.ts';
import { checks, runSelfCheck, type Checked } from '#shared/stages/self-check/run-self-check.ts';
import type { Command } from '../command.ts';
import { credentialFrom } from '../sign-in.ts';
import { writeJson } from '../write-json.ts';

/** `urm self-check`: asks a live environment whether the product's assumptions hold there. */
export const selfCheckCommand: Command = {
  name: 'self-check',
  summary:
    'Tries in a sandbox whether what the product takes for granted holds there: docs/assumptions.md.',
  flags: [
    { name: 'environment', hint: 'URL', help: 'The sandbox. Rows are made there and taken away.' },
    { name: 'only', hint: 'L1,M2', help: 'Checks of these assumptions only.' },
    { name: 'device-code', help: 'Signs in as a person, with a code for the browser.' },
    { name: 'json', hint: 'FILE', help: 'Writes what was found as JSON.' },
  ],
  positionals: [],
  notes: [
    'Makes rows named "URM self-check …" and deletes them. What rows of its own cannot show, it tells how to look at.',
  ],
  run: async (given, terminal, signal) => {
    const text = given.value('environment');
    if (text === undefined) {
      throw new InputError(
        '--environment',
        '--environment is required',
        'Give the URL of a sandbox, like https://contoso-test.crm4.dynamics.com.',
      );
    }
    const url = parseEnvironmentUrl(text, '--environment');
    const credential = credentialFrom(process.env, {
      role: 'environment',
      url,
      deviceCode: given.has('device-code'),
      show: (message) => terminal.complain(message),
    });
    const mask = createSecretMask();
    const sender = openRequests(
      { url, credential },
      {
        clock: systemClock,
        ids: randomIds,
        host: {
          log: () => {},
          maskSecret: (value) => mask.add(value),
          variable: (name) => process.env[name],
        },
      },
    );
    const chosen = chosenChecks(given.value('only'));
    const found: Checked[] = [];
    for await (const checked of runSelfCheck(sender, chosen, signal)) found.push(checked);
    for (const { id, outcome, title, seen } of found) {
      terminal.print(`${id.padEnd(4)}${outcome.padEnd(13)}${title}: ${mask.apply(seen)}`);
    }
    const left = found.flatMap((each) => each.left);
    for (const row of left) terminal.complain(`Not taken away: ${mask.apply(row)}`);
    const json = given.value('json');
    if (json !== undefined)
      await writeJson(json, mask.apply(JSON.stringify({ checks: found }, undefined, 2)));
    return found.some(({ outcome }) => outcome === 'differs') || left.length > 0 ? 1 : 0;
  },
};

function chosenChecks(only: string | undefined): typeof checks {
  if (only === undefined) return checks;
  const names = only.split(',').map((name) => name.trim().toUpperCase());
  const unknown = names.filter((name) => !checks.some(({ id }) => id === name));
  if (unknown.length > 0) {
    throw new InputError(
      '--only',
      `no assumption is numbered ${unknown.join(', ')}`,
      'Take numbers from docs/assumptions.md.',
    );
  }
  return checks.filter(({ id }) => names.includes(id));
}
