import { openPackage } from '../cmt/open-package.ts';
import type { DataverseReader } from '../dataverse/client.ts';
import { openReader } from '../dataverse/connect.ts';
import type { Finding } from '../errors/finding.ts';
import type { Connection } from '../host/host.ts';
import type { Guid } from '../model/guid.ts';
import { rowsRead, type RequestCounts } from '../model/result.ts';
import type { Scope } from '../routing/area.ts';
import { scopeWithConfiguration } from './configuration.ts';
import { readScope } from './generate-schema/scope-options.ts';
import { OptionReader } from './option-reader.ts';
import { outcomeOf } from './outcome.ts';
import { solutionsFirst } from './solutions/solutions-first.ts';
import type { Ports, Stage } from './stage.ts';
import { checkSystemRows } from './validate/check-contracts.ts';
import { checkDefinitions } from './validate/check-definitions.ts';
import { checkPrerequisites, prerequisiteTables } from './validate/check-prerequisites.ts';
import { checkRelationships } from './validate/check-relationships.ts';
import { checkRights, solutionTables, verifiedTables } from './validate/check-rights.ts';
import { checkRules, tablesInRules } from './validate/check-rules.ts';
import { checkVersions } from './validate/check-versions.ts';
import { readPackageNeeds, readSourceNeeds, type Needs } from './validate/read-needs.ts';

export interface ValidateOptions {
  readonly target: Connection;
  /** What the configuration comes from: an environment, or a package that was exported. */
  readonly from:
    | { readonly is: 'environment'; readonly connection: Connection }
    | { readonly is: 'package'; readonly path: string };
  readonly scope: Scope;
  readonly config: string | undefined;
  /** The identity that will import, where another one validates. */
  readonly importerApplicationId: string | undefined;
}

/** Checks everything the following stages need, in one run, and writes nothing: it has readers only. */
export const validateStage: Stage<ValidateOptions> = {
  name: 'validate',

  readOptions: (host) => {
    const reader = new OptionReader(host);
    const path = reader.text('package');
    return reader.finish<ValidateOptions>({
      target: reader.connection('target'),
      from:
        path === undefined
          ? { is: 'environment', connection: reader.connection('source') }
          : { is: 'package', path },
      scope: readScope(reader),
      config: reader.text('config'),
      importerApplicationId: reader.text('importerApplicationId'),
    });
  },

  run: async ({ target: connection, from, config, ...options }, ports, signal) => {
    const scope = await scopeWithConfiguration(options.scope, config, ports.files);
    const target = openReader(connection, ports);
    const { organizationId, userId } = await target.whoAmI(signal);
    const { needs, source } = await readNeeds(from, scope, ports, signal);
    const findings: readonly Finding[] = [
      ...(needs.organizationId === organizationId ? [sameOrganization(target.url)] : []),
      ...needs.findings,
      ...(await checkTarget(
        target,
        { needs, source, who: { userId, importerApplicationId: options.importerApplicationId } },
        ports,
        signal,
      )),
      ...(source === undefined ? [] : await checkVersions(source, target, signal)),
      ...(await solutionsFirst(needs.carried, target, signal)),
    ];
    return {
      stage: 'validate',
      outcome: outcomeOf(findings),
      counts: rowsRead(needs.inspection.rows),
      findings,
      outputs: {
        tables: needs.tables.length,
        rows: needs.inspection.rows,
        errors: findings.filter(({ severity }) => severity === 'error').length,
        warnings: findings.filter(({ severity }) => severity === 'warning').length,
      },
      requests: sum(target.requests, source?.requests),
    };
  },
};

async function readNeeds(
  from: ValidateOptions['from'],
  scope: Scope,
  ports: Ports,
  signal: AbortSignal,
): Promise<{ readonly needs: Needs; readonly source?: DataverseReader }> {
  if (from.is === 'package') {
    const opened = await openPackage(from.path, ports.files, signal);
    return { needs: await readPackageNeeds(opened, signal) };
  }
  const source = openReader(from.connection, ports);
  return { needs: await readSourceNeeds(source, scope, signal), source };
}

async function checkTarget(
  target: DataverseReader,
  of: {
    readonly needs: Needs;
    readonly source: DataverseReader | undefined;
    readonly who: { readonly userId: Guid; readonly importerApplicationId: string | undefined };
  },
  { host }: Ports,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { needs, source, who } = of;
  const { tables, inspection, boundNames, definitions } = needs;
  const step = (done: number, what: string): void => {
    host.progress('validate', done, 4);
    host.log('info', what);
  };
  step(0, `${tables.length} tables and ${inspection.rows} rows are to be checked.`);
  const lookedUp = [...inspection.tables.values()].flatMap(({ lookups }) =>
    [...lookups.values()].flatMap((targets) => [...targets]),
  );
  const names = [
    ...tables.flatMap(({ name, relationships }) => [
      name,
      ...relationships.map((each) => each.target),
    ]),
    ...lookedUp,
    ...tablesInRules(inspection.texts),
    ...prerequisiteTables(inspection),
    ...inspection.tableNames.keys(),
    ...verifiedTables,
    ...solutionTables,
  ];
  const metadata = await target.tables(names, signal);
  const check = {
    needed: tables,
    uses: inspection.tables,
    target: metadata,
    targetUrl: target.url,
  };
  const missing = checkDefinitions(
    definitions === undefined ? check : { ...check, source: definitions },
  );
  step(1, 'Definitions compared.');
  const arrival = { tables, inspection, metadata };
  const rights = await checkRights(target, arrival, who, signal);
  step(2, 'Privileges compared.');
  const system = await checkSystemRows(
    target,
    inspection.tables,
    metadata,
    rights.unreadable,
    signal,
  );
  const rules = await checkRules(
    target,
    inspection,
    { target: metadata, source: definitions, unreadable: rights.unreadable },
    signal,
  );
  const prerequisites = await checkPrerequisites(
    target,
    {
      inspection,
      boundNames,
      target: metadata,
      unreadable: rights.unreadable,
      ...(source === undefined ? {} : { source }),
    },
    signal,
  );
  const named = await checkRelationships(target, inspection, signal);
  step(3, 'System rows, rules and what belongs to environments compared.');
  return [...missing, ...rights.findings, ...system, ...rules, ...prerequisites, ...named];
}

function sameOrganization(url: string): Finding {
  return {
    severity: 'error',
    code: 'URM1208',
    where: url,
    summary: 'The target is the organization the configuration comes from',
    detail: '',
    remedy: 'Check the service connections and the environment URLs.',
  };
}

function sum(left: RequestCounts, right: RequestCounts | undefined): RequestCounts {
  return {
    read: left.read + (right?.read ?? 0),
    write: left.write + (right?.write ?? 0),
    throttled: left.throttled + (right?.throttled ?? 0),
  };
}
