import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StageEntry } from './stage-entry.ts';
import type { Ports } from './stage.ts';

/**
 * Gives a stage a new output folder where none was asked for and the table says that it may have
 * one: nothing that cost a run over the network is lost for want of a flag.
 */
export function withNewFolder(entry: StageEntry, ports: Ports): Ports {
  const { host, clock } = ports;
  const folder = entry.options.find(({ flag }) => flag === 'out')?.newFolder;
  const isGiven = (name: string): boolean => (host.input(name)?.trim() ?? '') !== '';
  // A run that goes on has its folder.
  if (folder === undefined || isGiven('out') || isGiven('run')) return ports;
  const time = new Date(clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const name = `${folder.name}-${time}`;
  const path =
    folder.in === 'working-folder'
      ? name
      : join(host.variable('Agent.TempDirectory') ?? tmpdir(), name);
  host.log('info', `Output: ${path}`);
  return {
    ...ports,
    host: { ...host, input: (asked) => (asked === 'out' ? path : host.input(asked)) },
  };
}
