import { once } from 'node:events';
import type { EmulatorOptions } from '#emulator/server.ts';
import { InputError } from '#shared/errors/migration-error.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';

/** `urm emulator`: one environment on this machine, until it is told to stop. */
export const emulatorCommand: Command = {
  name: 'emulator',
  summary:
    'Serves one emulated Dataverse environment at http://127.0.0.1:PORT/api/data/v9.2/ until it is stopped.',
  flags: [
    { name: 'port', hint: 'PORT', help: 'Port to listen on; 0 picks a free one. Default: 0.' },
    {
      name: 'seed',
      hint: 'NAME|FILE',
      help: 'What it starts with: contoso, empty, or a file. Default: empty.',
    },
    { name: 'data', hint: 'FILE', help: 'Keeps the state in a file across restarts.' },
    {
      name: 'tables-from',
      hint: 'PATH',
      help: 'Adds the tables of a data_schema.xml, folder or zip.',
    },
    { name: 'latency', hint: 'MS', help: 'Delays every answer.' },
    { name: 'write-cost', hint: 'MS', help: 'Delays every written row.' },
    { name: 'service-protection', help: 'Enforces the limits of service protection.' },
    {
      name: 'dop-hint',
      hint: 'N',
      help: 'Requests side by side that answers recommend. Default: 48.',
    },
    {
      name: 'time-scale',
      hint: 'N',
      help: 'Makes waits and the windows of the limits N times shorter.',
    },
    { name: 'fault', hint: 'SPEC', help: 'Goes wrong on purpose, like 429:every=50,seconds=1.' },
    {
      name: 'server-logic',
      hint: 'documented|nasty',
      help: 'What happens on write beyond the write. Default: documented.',
    },
    { name: 'https', help: 'Serves https with a certificate of its own making.' },
    {
      name: 'certificate',
      hint: 'FILE',
      help: 'Writes that certificate, for NODE_EXTRA_CA_CERTS of whoever connects.',
    },
  ],
  positionals: [],
  run: async (given, terminal, signal) => {
    const options = emulatorOptions(given);
    const { startEmulator } = await import('#emulator/server.ts');
    const emulator = await startEmulator(options);
    const certificate = given.value('certificate');
    if (certificate !== undefined && emulator.certificate !== undefined)
      await nodeFiles.write(certificate, emulator.certificate);
    terminal.print(`listening on ${emulator.url}`);
    if (!signal.aborted) await once(signal, 'abort');
    await emulator.close();
    return 0;
  },
};

function emulatorOptions(given: Arguments): EmulatorOptions {
  const seed = given.value('seed');
  const dataFile = given.value('data');
  const tablesFrom = given.value('tables-from');
  const latencyMs = wholeNumber(given, 'latency');
  const writeCostMs = wholeNumber(given, 'write-cost');
  const dopHint = wholeNumber(given, 'dop-hint');
  const timeScale = wholeNumber(given, 'time-scale');
  const faults = given.value('fault');
  const serverLogic = given.value('server-logic');
  if (serverLogic !== undefined && serverLogic !== 'documented' && serverLogic !== 'nasty')
    throw new InputError(
      '--server-logic',
      `--server-logic must be documented or nasty, not '${serverLogic}'`,
      'Use one of these words.',
    );
  return {
    port: wholeNumber(given, 'port') ?? 0,
    ...(seed === undefined ? {} : { seed }),
    ...(dataFile === undefined ? {} : { dataFile }),
    ...(tablesFrom === undefined ? {} : { tablesFrom }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(writeCostMs === undefined ? {} : { writeCostMs }),
    ...(dopHint === undefined ? {} : { dopHint }),
    ...(timeScale === undefined ? {} : { timeScale: Math.max(1, timeScale) }),
    ...(faults === undefined ? {} : { faults }),
    ...(serverLogic === undefined ? {} : { serverLogic }),
    ...(given.has('service-protection') ? { serviceProtection: true } : {}),
    ...(given.has('https') ? { https: true } : {}),
  };
}

function wholeNumber(given: Arguments, flag: string): number | undefined {
  const text = given.value(flag);
  if (text === undefined) return undefined;
  if (!/^\d{1,7}$/.test(text) || (flag === 'port' && Number(text) > 65_535))
    throw new InputError(
      `--${flag}`,
      `--${flag} must be a whole number, not '${text}'`,
      flag === 'port' ? 'Give a number from 0 to 65535.' : 'Give milliseconds.',
    );
  return Number(text);
}
