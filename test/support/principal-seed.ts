import { writeFile } from 'node:fs/promises';
import type { Guid } from '#shared/model/guid.ts';
import { idOf } from './plan-builders.ts';

/** Application ids of principals; as tokens an emulator with this seed takes them for their users. */
export const principals: readonly Guid[] = [1, 2, 3, 4].map((at) => idOf(0x900 + at));

/** Writes a seed with an application user for each principal, with the administrator's role. */
export async function writePrincipalSeed(path: string): Promise<void> {
  const systemuser = principals.map((applicationid, at) => ({
    key: `principal ${at}`,
    applicationid,
    firstname: '#',
    lastname: `Principal ${at + 1}`,
    domainname: `principal${at + 1}@contoso.local`,
    businessunitid: 'businessunit#root',
    isdisabled: false,
    accessmode: 4,
  }));
  const systemuserroles = principals.map((_, at) => ({
    key: `principal ${at}`,
    systemuserid: `systemuser#principal ${at}`,
    roleid: 'role#system-administrator',
  }));
  const tables = { systemuser, systemuserroles };
  await writeFile(path, JSON.stringify({ extends: 'empty', tables }));
}
