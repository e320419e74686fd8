import { composeSchema } from '../cmt/schema.ts';
import { openReader } from '../dataverse/connect.ts';
import type { Finding } from '../errors/finding.ts';
import type { Connection } from '../host/host.ts';
import { noCounts, type StageResult } from '../model/result.ts';
import type { Scope } from '../routing/area.ts';
import { scopeWithConfiguration } from './configuration.ts';
import {
  explanationLine,
  readCatalogueSchema,
  type Explanation,
} from './generate-schema/catalogue-schema.ts';
import { checkSchemaFolder, writeSchemaFolder } from './generate-schema/output-folder.ts';
import { readScope } from './generate-schema/scope-options.ts';
import { OptionReader } from './option-reader.ts';
import { outcomeOf } from './outcome.ts';
import type { Stage } from './stage.ts';

export interface GenerateSchemaOptions {
  readonly environment: Connection;
  readonly scope: Scope;
  /** Tell why each table and row is in. */
  readonly explain: boolean;
  readonly config: string | undefined;
  readonly out: string;
}

export interface GenerateSchemaResult extends StageResult {
  readonly steps: readonly { readonly step: string; readonly tables: readonly string[] }[];
  /** Why each table, or row of a limited scope, is in; only when asked for. */
  readonly explanations?: readonly Explanation[];
}

/** Writes the schemas of the asked channels, with the columns, names and type codes of an environment. */
export const generateSchemaStage: Stage<GenerateSchemaOptions, GenerateSchemaResult> = {
  name: 'generate-schema',

  readOptions: (host) => {
    const reader = new OptionReader(host);
    return reader.finish({
      environment: reader.connection('source'),
      scope: readScope(reader),
      explain: reader.flag('explain'),
      config: reader.text('config'),
      out: reader.required('out'),
    });
  },

  run: async ({ environment, config, out, ...options }, ports, signal) => {
    const scope = await scopeWithConfiguration(options.scope, config, ports.files);
    await checkSchemaFolder(out, ports.files);
    const reader = openReader(environment, ports);
    const { steps, explanations, findings } = await readCatalogueSchema(reader, scope, signal);
    if (options.explain)
      for (const explanation of explanations) ports.host.log('info', explanationLine(explanation));
    const isMissing = steps.length === 0 && outcomeOf(findings) !== 'failed';
    const problems = isMissing ? [...findings, nothing(reader.url)] : findings;
    const outcome = outcomeOf(problems);
    if (outcome !== 'failed') {
      const schemas = steps.map(({ step, tables }) => ({ step, text: composeSchema(tables).text }));
      await writeSchemaFolder(out, schemas, ports);
      ports.host.log('info', `${schemas.length} schemas written to ${out}.`);
    }
    const tables = steps.flatMap((step) => step.tables);
    return {
      stage: 'generate-schema',
      outcome,
      counts: noCounts,
      findings: problems,
      outputs: {
        steps: steps.length,
        tables: tables.length,
        columns: tables.reduce((sum, table) => sum + table.columns.size, 0),
      },
      requests: reader.requests,
      steps: steps.map((step) => ({
        step: step.step,
        tables: step.tables.map(({ name }) => name),
      })),
      ...(options.explain ? { explanations } : {}),
    };
  },
};

function nothing(environmentUrl: string): Finding {
  return {
    severity: 'error',
    code: 'URM1227',
    where: environmentUrl,
    summary: 'The environment has none of the tables that the channels need',
    detail: '',
    remedy: 'Check that unified routing is provisioned and that the address is the right one.',
  };
}
