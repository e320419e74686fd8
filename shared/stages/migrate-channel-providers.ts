import { join } from 'node:path';
import { openReader, openWriter } from '../dataverse/connect.ts';
import type { Connection } from '../host/host.ts';
import { noCounts, type StageResult } from '../model/result.ts';
import type { PlanHead } from '../model/plan.ts';
import type { Check } from '../report/report.ts';
import { applyMigration } from './migrate-channel-providers/apply-migration.ts';
import {
  makeMigrationPlan,
  mapEnvironment,
} from './migrate-channel-providers/make-migration-plan.ts';
import type { DecisionInputs } from './migrate-channel-providers/read-decisions.ts';
import { rollBackMigration } from './migrate-channel-providers/roll-back-migration.ts';
import { verifyMigration, type Screenshot } from './migrate-channel-providers/verify-migration.ts';
import { OptionReader } from './option-reader.ts';
import { outcomeOf } from './outcome.ts';
import { blockedFindings, headOf, planOutputs } from './plan.ts';
import { checkOutputFolder } from './planning/output-folder.ts';
import { writePlan } from './planning/plan-file.ts';
import type { Stage } from './stage.ts';

export const migrationModes = ['plan', 'apply', 'verify', 'roll-back'] as const;
export type MigrationMode = (typeof migrationModes)[number];

export interface MigrateOptions extends DecisionInputs {
  readonly mode: MigrationMode;
  readonly environment: Connection;
  /** Folder of plan.json, of the run, or of the reports; only verification can do without. */
  readonly out: string;
  /** A saved plan to apply; absent: a plan is made and applied at once. */
  readonly plan: string | undefined;
  readonly planHash: string | undefined;
  /** The run folder to continue or to roll back. */
  readonly run: string | undefined;
  readonly resume: boolean;
  /** Detach what is attached, then attach it again. */
  readonly reattach: boolean;
  /** Folders, files, web resources and URLs with the code of providers. */
  readonly providerCode: readonly string[];
  readonly browser: boolean;
  readonly browserSession: string | undefined;
  readonly browserExecutable: string | undefined;
}

export interface MigrateResult extends StageResult {
  readonly plan?: PlanHead;
  /** Every question of the verification, for the Tests tab. */
  readonly checks?: readonly Check[];
  readonly screenshots?: readonly Screenshot[];
}

/** Moves channel providers from the first generation of the Channel Integration Framework to the second. */
export const migrateChannelProvidersStage: Stage<MigrateOptions, MigrateResult> = {
  name: 'migrate-channel-providers',

  readOptions: (host) => {
    const reader = new OptionReader(host);
    const mode = reader.oneOf('mode', migrationModes, 'plan');
    const run = reader.text('run');
    const options: MigrateOptions = {
      mode,
      environment: reader.connection('environment'),
      config: reader.text('config'),
      prefix: reader.text('prefix'),
      apps: reader.list('apps'),
      deactivate: reader.flag('deactivate'),
      out: folderOf(mode, run, reader.text('out')),
      plan: reader.text('plan'),
      planHash: reader.text('planHash'),
      run: mode === 'roll-back' ? reader.required('run') : run,
      resume: reader.flag('resume'),
      reattach: reader.flag('reattach'),
      providerCode: reader.list('providerCode'),
      browser: reader.flag('browser'),
      browserSession: reader.text('browserSession'),
      browserExecutable: reader.text('browserExecutable'),
    };
    if (mode !== 'verify' && options.out === '')
      reader.refuse('out', `'out' is required to ${mode}`, 'Give a folder.');
    if (options.reattach && mode !== 'apply')
      reader.refuse('reattach', "'reattach' needs the mode apply", 'Apply, or leave it out.');
    if (options.reattach && (options.plan !== undefined || options.resume))
      reader.refuse(
        'reattach',
        "'reattach' makes plans of its own",
        'Leave out the plan, and start in an empty folder.',
      );
    return reader.finish(options);
  },

  run: async (options, ports, signal) => {
    switch (options.mode) {
      case 'plan': {
        await checkOutputFolder(options.out, ports.files);
        const reader = openReader(options.environment, ports);
        const mapped = await mapEnvironment(options, reader, ports, signal);
        const { plan, spool } = await makeMigrationPlan(mapped, reader, ports, signal);
        try {
          const path = join(options.out, 'plan.json');
          await writePlan(path, plan, ports.files, signal);
          const findings = [...plan.findings, ...(await blockedFindings(plan, signal))];
          return {
            stage: 'migrate-channel-providers',
            outcome: outcomeOf(findings),
            counts: plan.counts,
            findings,
            outputs: { ...planOutputs(plan), planPath: path },
            requests: reader.requests,
            plan: headOf(plan),
          };
        } finally {
          await spool.remove();
        }
      }
      case 'apply':
        await checkOutputFolder(options.out, ports.files);
        return applyMigration(options, openWriter(options.environment, ports), ports, signal);
      case 'verify': {
        const reader = openReader(options.environment, ports);
        const { checks, screenshots } = await verifyMigration(options, reader, ports, signal);
        const findings = checks.flatMap(({ finding }) => (finding === undefined ? [] : [finding]));
        return {
          stage: 'migrate-channel-providers',
          outcome: outcomeOf(findings),
          counts: noCounts,
          findings,
          outputs: {
            checks: checks.length,
            failedChecks: findings.filter(({ severity }) => severity === 'error').length,
          },
          requests: reader.requests,
          checks,
          screenshots,
        };
      }
      case 'roll-back':
        await checkOutputFolder(options.out, ports.files);
        return rollBackMigration(options, ports, signal);
      default:
        return options.mode satisfies never;
    }
  },
};

/** A run that is continued has its folder already; a roll-back may lie in the folder of its run. */
function folderOf(mode: MigrationMode, run: string | undefined, out: string | undefined): string {
  if (mode === 'apply' && run !== undefined) return run;
  if (mode === 'roll-back' && run !== undefined) return out ?? join(run, 'roll-back');
  return out ?? '';
}
