import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Environment } from '#emulator/environment.ts';
import type { Cell } from '#emulator/store/store.ts';
import type { TestEmulator } from './emulator.ts';

const script = fileURLToPath(
  new URL('../../examples/create-application-user.mjs', import.meta.url),
);
const page = new URL('../../docs/guides/permissions.md', import.meta.url);

export type RoleName = 'reader' | 'writer';

/** What an application user is to be. */
export interface NewUser {
  readonly applicationId: string;
  readonly role: RoleName;
  readonly more?: readonly string[];
}

/** Runs the example that makes a role and an application user, as people do; gives what it said. */
export async function createApplicationUser(
  environment: Pick<TestEmulator, 'url'>,
  { applicationId, role, more = [] }: NewUser,
): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      script,
      `--environment=${environment.url}`,
      `--application-id=${applicationId}`,
      `--role=${role}`,
      ...more,
    ],
    { env: { ...process.env, DATAVERSE_ACCESS_TOKEN: 'administrator' } },
  );
  return stdout;
}

/** Names of the privileges that the page of permissions grants a role, as the emulator spells them. */
export async function documentedPrivileges(
  environment: Environment,
  column: RoleName | 'linker',
): Promise<ReadonlySet<string>> {
  const text = await readFile(page, 'utf8');
  const names = new Set([...text.matchAll(/`(prvRead\w+)`/g)].map(([, name = '']) => name));
  const at = { reader: 1, writer: 2, linker: 3 }[column];
  for (const line of text.split('\n').filter((each) => each.startsWith('| `'))) {
    const cells = line.split('|').map((each) => each.trim());
    const table = cells[1]?.replaceAll('`', '') ?? '';
    const rights = (cells[at + 1] ?? '').split(',').map((each) => each.trim().replace(' ', ''));
    for (const { type, name } of environment.metadata.entity(table)?.privileges ?? [])
      if (rights.includes(type)) names.add(name);
  }
  return names;
}

/** Takes a privilege from the roles of an application, or lets it reach less far; gives what brings it back. */
export function withoutPrivilege(
  { store }: Environment,
  applicationId: string,
  taken: { readonly name: string; readonly depthMask?: number },
): () => void {
  const [privilege] = [...store.find('privilege', 'name', taken.name)];
  const [user] = [...store.find('systemuser', 'applicationid', applicationId)];
  if (privilege === undefined || user === undefined)
    throw new Error(`There is no ${privilege === undefined ? taken.name : applicationId}.`);
  const held = [...store.find('systemuserroles', 'systemuserid', user.id)].flatMap((role) =>
    store.findAll(
      'roleprivileges',
      new Map<string, Cell>([
        ['roleid', role.cells.get('roleid') ?? null],
        ['privilegeid', privilege.id],
      ]),
    ),
  );
  if (held.length === 0) throw new Error(`${applicationId} does not hold ${taken.name}.`);
  for (const { id, cells } of held)
    if (taken.depthMask === undefined) store.delete('roleprivileges', id);
    else
      store.put('roleprivileges', id, new Map([...cells, ['privilegedepthmask', taken.depthMask]]));
  return () => {
    for (const { id, cells } of held) store.put('roleprivileges', id, cells);
  };
}
