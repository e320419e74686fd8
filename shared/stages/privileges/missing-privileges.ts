import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { MigrationError } from '../../errors/migration-error.ts';
import { checkPrivileges, type PrivilegeHolder } from './check-privileges.ts';
import type { NeededPrivilege } from './needed-privileges.ts';

/** A stage cannot do what it is to do: known before it began. */
export class MissingPrivileges extends MigrationError {
  readonly code = 'URM1206';
  readonly #findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const [first] = findings;
    const more = findings.length - 1;
    super({
      what: `${first?.summary ?? 'A privilege is missing'}${more > 0 ? `, and ${more} more` : ''}`,
      where: first?.where ?? '',
      next: first?.remedy ?? '',
    });
    this.#findings = findings;
  }

  override toFindings(): readonly Finding[] {
    return this.#findings;
  }
}

/**
 * Throws when the user lacks a privilege, before anything is done that needs it. One that is held and
 * does not reach everywhere is told: whether it reaches far enough only the rows can tell.
 */
export async function assertPrivileges(
  reader: DataverseReader,
  needed: readonly NeededPrivilege[],
  holder: PrivilegeHolder,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { findings, missing } = await checkPrivileges(reader, needed, holder, signal);
  if (missing.some(({ severity }) => severity === 'error')) throw new MissingPrivileges(missing);
  return findings.map(asWarning);
}

/** What may still go well is no error. */
export function asWarning(finding: Finding): Finding {
  return finding.severity === 'error' ? { ...finding, severity: 'warning' } : finding;
}
