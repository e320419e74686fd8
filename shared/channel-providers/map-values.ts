import type { Finding } from '../errors/finding.ts';
import type { Value } from '../model/row.ts';
import type { ProviderDecision } from './decisions.ts';
import { apiVersion2, columnsLeftBehind, copiedColumns } from './framework.ts';
import type { Inventory, OldProvider } from './inventory.ts';
import { placeOfProvider } from './names.ts';
import { boundParts, isSecure } from './url-parts.ts';

/** The columns of the second generation's row, and what cannot be carried over as it is. */
export function mapValues(
  old: OldProvider,
  frame: {
    readonly decision: ProviderDecision | undefined;
    readonly inventory: Pick<Inventory, 'providerColumns' | 'url' | 'organizationId'>;
  },
): { readonly values: ReadonlyMap<string, Value>; readonly findings: readonly Finding[] } {
  const { decision, inventory } = frame;
  const where = placeOfProvider(old);
  const findings: Finding[] = [];
  // An active row of the only version there is; the old version number means something else.
  const values = new Map<string, Value>([
    ['msdyn_apiversion', apiVersion2],
    ['statecode', 0],
    ['statuscode', 1],
  ]);
  for (const { from, to, what, optional } of copiedColumns) {
    const overlaid = decision?.values?.get(to);
    const value = overlaid === undefined ? (old.values.get(from) ?? null) : overlaid;
    const wanted = value === '' ? null : value;
    if (optional === true && !inventory.providerColumns.has(to)) {
      if (wanted !== null)
        findings.push({
          severity: 'warning',
          code: 'URM1808',
          where,
          summary: `The environment has no column for the ${what} of a provider: they are left behind`,
          detail: `Missing: ${to}.`,
          remedy: 'Update the Channel Integration Framework, then migrate again.',
        });
      continue;
    }
    // A yes-or-no that was never answered has the default of the new column.
    if (wanted === null && isYesOrNo(to)) continue;
    values.set(to, wanted);
  }
  const url = values.get('msdyn_channelurl');
  if (typeof url === 'string') findings.push(...urlFindings(url, where, inventory));
  findings.push(...leftBehind(old, where));
  return { values, findings };
}

function isYesOrNo(column: string): boolean {
  return column === 'msdyn_enableoutbound' || column === 'msdyn_enableanalytics';
}

function urlFindings(
  url: string,
  where: string,
  inventory: Pick<Inventory, 'url' | 'organizationId'>,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (!isSecure(url))
    findings.push({
      severity: 'warning',
      code: 'URM1811',
      where: `${where}, column msdyn_channelurl`,
      summary: 'The channel URL does not begin with https: browsers refuse to show it in the app',
      detail: url,
      remedy: 'Serve the page over https and give the URL in the configuration.',
    });
  const bound = boundParts(url, inventory);
  if (bound.length > 0)
    findings.push({
      severity: bound.every(({ isOwn }) => isOwn) ? 'info' : 'warning',
      code: 'URM1812',
      where: `${where}, column msdyn_channelurl`,
      summary: `The channel URL holds what is true in one environment only: ${bound
        .map(({ part, why, isOwn }) => `${part} (${why}${isOwn ? ', this one' : ''})`)
        .join(', ')}`,
      detail: url,
      remedy: 'Give another value of msdyn_channelurl in the configuration where it is wrong.',
    });
  return findings;
}

function leftBehind(old: OldProvider, where: string): readonly Finding[] {
  const left = columnsLeftBehind.filter(({ column }) => {
    const value = old.values.get(column);
    return value !== undefined && value !== null && value !== '';
  });
  if (left.length === 0) return [];
  return [
    {
      severity: 'info',
      code: 'URM1813',
      where,
      summary: `Not carried over, because the second generation has no place for it: ${left
        .map(({ what }) => what)
        .join(', ')}`,
      detail: left.map(({ column }) => column).join(', '),
      remedy: '',
    },
  ];
}
