import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Finding } from '../../errors/finding.ts';
import type { RowInspection } from './inspect-rows.ts';

// A filter of so many names stays well under the length an address may have.
const namesPerRequest = 30;

/**
 * Relationships that context variables name, by schema name: one question for all, because either of
 * the two tables may have them.
 */
export async function checkRelationships(
  reader: DataverseReader,
  { relationshipNames }: RowInspection,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const wanted = [...relationshipNames];
  const findings: Finding[] = [];
  for (let at = 0; at < wanted.length; at += namesPerRequest) {
    const some = wanted.slice(at, at + namesPerRequest);
    const present = await schemaNames(
      reader,
      some.map(([name]) => name),
      signal,
    );
    for (const [name, where] of some)
      if (present?.has(name.toLowerCase()) === false)
        findings.push(missing(name, where, reader.url));
  }
  return findings;
}

/** `undefined` where the caller may not read definitions, or the service refuses the question. */
async function schemaNames(
  reader: DataverseReader,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const filter = names.map((name) => `SchemaName eq '${name.replaceAll("'", "''")}'`).join(' or ');
  let answer: unknown;
  try {
    answer = await reader.get(
      `RelationshipDefinitions?$select=SchemaName&$filter=${encodeURIComponent(filter)}`,
      signal,
    );
  } catch (error) {
    if (!(error instanceof DataverseError) || ![400, 403].includes(error.status ?? 0)) throw error;
    return undefined;
  }
  const rows =
    typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : [];
  return new Set(
    (Array.isArray(rows) ? rows : []).flatMap((row: unknown) =>
      typeof row === 'object' &&
      row !== null &&
      'SchemaName' in row &&
      typeof row.SchemaName === 'string'
        ? [row.SchemaName.toLowerCase()]
        : [],
    ),
  );
}

function missing(name: string, where: string, url: string): Finding {
  return {
    severity: 'error',
    code: 'URM1217',
    where,
    summary: `The row uses the relationship ${name}, which the target does not have`,
    detail: url,
    remedy: 'Import the solution that holds the relationship into the target first.',
  };
}
