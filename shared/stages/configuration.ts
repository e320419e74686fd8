import { InputError } from '../errors/migration-error.ts';
import type { Files } from '../host/files.ts';
import { readYaml } from './read-yaml.ts';
import { channels, extras, type Channel, type Extra, type Scope } from '../routing/area.ts';
import { neverIncluded } from '../routing/never-exported.ts';

/** What `unified-routing.yml` may hold; a key that is none of these is a slip of the pen. */
const keys = new Set([
  'format',
  'channels',
  'workstreams',
  'recordTypes',
  'queues',
  'include',
  'carriedBy',
  'match',
  'environments',
  'ignore',
  'delete',
  'checks',
]);

/** Limits the scope by the configuration file; what the inputs say themselves wins. */
export async function scopeWithConfiguration(
  scope: Scope,
  path: string | undefined,
  files: Files,
): Promise<Scope> {
  if (path === undefined) return scope;
  const content = await readConfiguration(path, files);
  const either = <Item>(said: readonly Item[], configured: readonly Item[]): readonly Item[] =>
    said.length > 0 ? said : configured;
  return {
    channels: either(scope.channels, listOf(content, 'channels', path).map(toChannel(path))),
    workstreams: either(scope.workstreams, listOf(content, 'workstreams', path)),
    recordTypes: either(scope.recordTypes ?? [], listOf(content, 'recordTypes', path)),
    queues: either(scope.queues, listOf(content, 'queues', path)),
    include: either(scope.include ?? [], listOf(content, 'include', path).map(toExtra(path))),
    ...(content['carriedBy'] === 'solution' ? { carriedBy: 'solution' } : {}),
  };
}

async function readConfiguration(
  path: string,
  files: Files,
): Promise<Readonly<Record<string, unknown>>> {
  if ((await files.stat(path))?.kind !== 'file') refuse(`There is no file '${path}'`, path);
  const reading = await readYaml(path, files);
  if ('problem' in reading) return refuse(`'${path}' cannot be used: ${reading.problem}`, path);
  const { content } = reading;
  if (!isRecord(content)) return refuse(`'${path}' holds no settings`, path);
  if (content['format'] !== 1) refuse(`'${path}' does not begin with format: 1`, path);
  const strange = Object.keys(content).find((key) => !keys.has(key));
  if (strange !== undefined) refuse(`'${path}' has the unknown setting '${strange}'`, path);
  return content;
}

function listOf(
  content: Readonly<Record<string, unknown>>,
  key: string,
  path: string,
): readonly string[] {
  const list = content[key] ?? [];
  if (!Array.isArray(list)) return refuse(`'${key}' in '${path}' is not a list`, path);
  return list.map((item) =>
    typeof item === 'string' || typeof item === 'number'
      ? String(item)
      : refuse(`'${key}' in '${path}' holds something that is no name`, path),
  );
}

function toChannel(path: string): (name: string) => Channel {
  return (name) =>
    channels.find((channel) => channel === name) ??
    refuse(`'${name}' in '${path}' is no channel`, `one or more of ${channels.join(', ')}`);
}

function toExtra(path: string): (name: string) => Extra {
  return (name) => {
    const never = neverIncluded(name);
    if (never !== undefined)
      return refuse(`'${name}' in '${path}' is never exported. ${never.reason}`, never.instead);
    return (
      extras.find((extra) => extra === name) ??
      refuse(
        `'${name}' in '${path}' is nothing that can be included`,
        `one or more of ${extras.join(', ')}`,
      )
    );
  };
}

function isRecord(content: unknown): content is Readonly<Record<string, unknown>> {
  return typeof content === 'object' && content !== null && !Array.isArray(content);
}

function refuse(what: string, expected: string): never {
  throw new InputError('config', what, `Correct the configuration file: ${expected}.`);
}
