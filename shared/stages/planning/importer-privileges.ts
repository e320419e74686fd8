import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { parseGuid, type Guid } from '../../model/guid.ts';
import type { Plan } from '../../model/plan.ts';
import { isRecord } from '../../plan/planned-value.ts';
import { checkPrivileges } from '../privileges/check-privileges.ts';
import { planNeeds } from '../privileges/plan-needs.ts';

interface Importer {
  readonly applicationId: string;
  readonly reader: DataverseReader;
}

/**
 * Asks whether the identity that will import may do what a plan needs, with the identity that plans:
 * a plan can be made by somebody who may only read.
 */
export async function checkImporter(
  plan: Plan,
  { applicationId, reader }: Importer,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const needed = await planNeeds(plan, reader, 'import', signal);
  const userId = await findUser(applicationId, reader, signal);
  if (userId === undefined) return [noUser(applicationId, reader.url)];
  const { findings } = await checkPrivileges(
    reader,
    needed,
    { environment: 'target', userId, called: `the application user ${applicationId}` },
    signal,
  );
  return findings.map((finding) => ({
    ...finding,
    code: 'URM1349',
    detail: `Application id ${applicationId}. ${finding.detail}`,
  }));
}

/** The enabled application user of an application. */
export async function findUser(
  applicationId: string,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<Guid | undefined> {
  const id = parseGuid(applicationId);
  if (id === undefined) return undefined;
  const answer = await reader.get(
    `systemusers?$select=systemuserid&$filter=applicationid eq ${id} and isdisabled eq false`,
    signal,
  );
  const rows = isRecord(answer) ? answer['value'] : undefined;
  const list: readonly unknown[] = Array.isArray(rows) ? rows : [];
  const [first] = list;
  const found = isRecord(first) ? first['systemuserid'] : undefined;
  return typeof found === 'string' ? parseGuid(found) : undefined;
}

/** The application that is to import has no user there. */
export function noUser(applicationId: string, where: string): Finding {
  return {
    severity: 'error',
    code: 'URM1349',
    where,
    summary: `The target has no enabled application user ${applicationId}, which is to import`,
    detail: '',
    remedy: 'Add the application user to the environment, or correct importerApplicationId.',
  };
}
