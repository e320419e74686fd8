import { join } from 'node:path';
import { checkMigration } from '../../channel-providers/check-migration.ts';
import {
  isAllThere,
  judgePage,
  operatorSnippet,
  storageKeys,
} from '../../channel-providers/judge-page.ts';
import type { Mapping } from '../../channel-providers/mapping.ts';
import type { DataverseReader } from '../../dataverse/client.ts';
import { MigrationError } from '../../errors/migration-error.ts';
import type { Check } from '../../report/report.ts';
import type { MigrateOptions } from '../migrate-channel-providers.ts';
import type { Ports } from '../stage.ts';
import { mapEnvironment } from './make-migration-plan.ts';
import { scanProviderCode } from './scan-code.ts';

/** A picture of an app as it was found. */
export interface Screenshot {
  readonly title: string;
  readonly path: string;
}

const patienceMs = 30_000;

/** Asks everything that can be asked: rows, code, and a browser where there is one. */
export async function verifyMigration(
  options: MigrateOptions,
  reader: DataverseReader,
  ports: Ports,
  signal: AbortSignal,
): Promise<{ readonly checks: readonly Check[]; readonly screenshots: readonly Screenshot[] }> {
  const { inventory, mapping, decisions } = await mapEnvironment(options, reader, ports, signal);
  const rows = checkMigration(inventory, mapping, decisions);
  const code =
    options.providerCode.length === 0
      ? notScanned(mapping)
      : await scanProviderCode(options.providerCode, { files: ports.files, reader }, signal);
  const looked = await lookInBrowser(options, mapping, ports, signal);
  return { checks: [...rows, ...code, ...looked.checks], screenshots: looked.screenshots };
}

function notScanned({ providers }: Mapping): readonly Check[] {
  return providers
    .filter(({ isBuiltIn }) => !isBuiltIn)
    .map(({ old }) => ({
      group: 'provider code',
      name: `${old.name}: calls setMode(1)`,
      skipped: 'no code was given: say where it is with the input providerCode',
    }));
}

async function lookInBrowser(
  options: MigrateOptions,
  { providers, profiles }: Mapping,
  ports: Ports,
  signal: AbortSignal,
): Promise<{ readonly checks: readonly Check[]; readonly screenshots: readonly Screenshot[] }> {
  const apps = [...new Set(profiles.map(({ app }) => app))];
  const { browser } = ports;
  if (apps.length === 0) return { checks: [], screenshots: [] };
  if (!options.browser || browser === undefined) {
    ports.host.log(
      'info',
      'To check an app by hand, open it as a person who has the profile and paste this into the console of the browser:',
    );
    for (const line of operatorSnippet.split('\n')) ports.host.log('info', line);
    const skipped = options.browser
      ? 'an agent cannot sign in as a person: check from a terminal with --browser'
      : 'needs a person: check from a terminal with --browser, or paste the printed snippet into the console';
    return {
      checks: apps.map((app) => ({
        group: `browser ${app}`,
        name: 'the app shows the providers',
        skipped,
      })),
      screenshots: [],
    };
  }
  const checks: Check[] = [];
  const screenshots: Screenshot[] = [];
  for (const app of apps) {
    const at = {
      app,
      environment: options.environment.url,
      pages: providers
        .filter((provider) => provider.apps.includes(app))
        .flatMap(({ values, existing, isBuiltIn }) => {
          const url = isBuiltIn ? existing?.url : values.get('msdyn_channelurl');
          return typeof url === 'string' && !isBuiltIn ? [url] : [];
        }),
    };
    const screenshot = options.out === '' ? undefined : join(options.out, `browser-${app}.png`);
    try {
      const seen = await browser.look(
        {
          url: `${at.environment}/main.aspx?appname=${encodeURIComponent(app)}`,
          ...(options.browserSession === undefined ? {} : { session: options.browserSession }),
          ...(options.browserExecutable === undefined
            ? {}
            : { executable: options.browserExecutable }),
          storageWords: Object.values(storageKeys),
          ...(screenshot === undefined ? {} : { screenshot }),
          patienceMs,
          isComplete: (page) => isAllThere(page, at),
        },
        signal,
      );
      checks.push(...judgePage(seen, at));
      if (seen.screenshot !== undefined) screenshots.push({ title: app, path: seen.screenshot });
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error;
      checks.push({
        group: `browser ${app}`,
        name: 'the app shows the providers',
        finding: error.toFinding(),
      });
    }
  }
  return { checks, screenshots };
}
