import type { MigrationPackage } from '../../cmt/package.ts';
import type { Finding } from '../../errors/finding.ts';
import { areas } from '../../routing/catalogue.ts';
import { leftToHands } from '../../routing/environment-bound.ts';
import { withheldEverywhere } from '../../routing/withheld-columns.ts';

/** What the import of a package leaves to be done by hand: of its areas, and of values that stayed behind. */
export function manualSteps(pkg: MigrationPackage): readonly Finding[] {
  const tables = new Set(pkg.tables.map((table) => table.name));
  const named = new Set(pkg.manifest?.steps.map((step) => step.area));
  const findings: Finding[] = [];
  for (const area of areas) {
    const own = area.steps.some((step) => step.tables.some(({ table }) => tables.has(table)));
    if (pkg.manifest === undefined ? !own : !named.has(area.area)) continue;
    for (const sentence of area.manual)
      if (!findings.some(({ summary }) => summary === sentence))
        findings.push(byHand(area.title, sentence));
  }
  for (const { what, names } of pkg.manifest?.leftToHands ?? []) {
    const item = leftToHands.find((each) => each.what === what);
    if (item === undefined || item.isSaidByAreas === true) continue;
    const step = byHand(item.table, `${what} do not move.`, names);
    findings.push({ ...step, remedy: item.remedy });
  }
  const rowsWithheld = new Map<string, { rows: number; readonly names: Set<string> }>();
  for (const { table, column, rows, reason, names = [] } of pkg.manifest?.withheld ?? []) {
    if (reason !== 'secret' && reason !== 'environment') continue;
    if (rows === 0 || column in withheldEverywhere) continue;
    const key = `${reason} ${table} ${column}`;
    // A table that several steps move is one thing to do.
    const known = rowsWithheld.get(key) ?? { rows: 0, names: new Set<string>() };
    rowsWithheld.set(key, known);
    known.rows += rows;
    for (const name of names) known.names.add(name);
  }
  for (const [key, { rows, names }] of rowsWithheld) {
    const [reason = '', table = '', column = ''] = key.split(' ');
    findings.push(
      byHand(
        `table ${table}, column ${column}`,
        `Set ${column} in the target where it is needed: its value (${rows === 1 ? '1 row' : `${rows} rows`}) was withheld, because it is ${reason === 'secret' ? reasons.secret : reasons.environment}.`,
        [...names].sort(),
      ),
    );
  }
  return findings;
}

const reasons = {
  secret: 'a secret',
  environment: 'true only in its own environment',
} as const;

/** Tables that are written past custom server logic, because their schema asks for it. */
export function bypassedLogic(pkg: MigrationPackage): readonly Finding[] {
  return pkg.tables
    .filter((table) => table.disablePlugins)
    .map((table) => ({
      severity: 'warning',
      code: 'URM1331',
      where: `${table.step} table ${table.name}`,
      summary: 'The schema asks that custom server logic is bypassed (disableplugins)',
      detail: 'Routing needs its server logic: it makes identifiers and dependency rows.',
      remedy: 'Export with disableplugins="false", unless this is what you want.',
    }));
}

function byHand(where: string, summary: string, rows: readonly string[] = []): Finding {
  return {
    severity: 'info',
    code: 'URM1330',
    where,
    summary,
    detail: rows.length === 0 ? '' : `Rows: ${rows.join('; ')}.`,
    remedy: 'Do it in the target after the import.',
  };
}
