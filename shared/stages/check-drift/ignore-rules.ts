import { InputError } from '../../errors/migration-error.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Files } from '../../host/files.ts';
import { parseGuid } from '../../model/guid.ts';
import type { Difference } from '../../report/drift.ts';
import { readYaml } from '../read-yaml.ts';

/** A difference that somebody accepted, until a day. */
export interface IgnoreRule {
  readonly table: string;
  /** Name or id; absent: every row. */
  readonly row?: string;
  /** Absent: every difference of the row, also that it is missing or extra. */
  readonly column?: string;
  readonly reason: string;
  /** The last day on which the rule holds: `2026-12-31`. */
  readonly until: string;
}

const members = new Set(['table', 'row', 'column', 'reason', 'until']);

/** Reads `ignore` of the configuration file. */
export async function readIgnoreRules(
  path: string | undefined,
  files: Files,
): Promise<readonly IgnoreRule[]> {
  if (path === undefined) return [];
  if ((await files.stat(path))?.kind !== 'file') throw wrong(path, `There is no file '${path}'`);
  const reading = await readYaml(path, files);
  if ('problem' in reading) throw wrong(path, reading.problem);
  const { content } = reading;
  const rules = isRecord(content) ? (content['ignore'] ?? []) : [];
  if (!Array.isArray(rules)) throw wrong(path, `'ignore' is no list`);
  return rules.map((rule: unknown, at) => readRule(rule, at + 1, path));
}

function readRule(rule: unknown, at: number, path: string): IgnoreRule {
  if (!isRecord(rule)) throw wrong(path, `Rule ${at} of 'ignore' is no mapping`);
  const strange = Object.keys(rule).find((key) => !members.has(key));
  if (strange !== undefined)
    throw wrong(path, `Rule ${at} of 'ignore' has the unknown member '${strange}'`);
  const text = (name: string): string | undefined => {
    const value = rule[name];
    if (value instanceof Date) return value.toISOString().slice(0, 10);
    return typeof value === 'string' || typeof value === 'number'
      ? String(value).trim()
      : undefined;
  };
  const [table, row, column, reason, until] = ['table', 'row', 'column', 'reason', 'until'].map(
    text,
  );
  if (table === undefined || reason === undefined || reason === '')
    throw wrong(path, `Rule ${at} of 'ignore' needs a table and a reason`);
  if (until === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(until))
    throw wrong(path, `Rule ${at} of 'ignore' needs until, a day such as 2026-12-31`);
  return {
    table,
    reason,
    until,
    ...(row === undefined ? {} : { row }),
    ...(column === undefined ? {} : { column }),
  };
}

/** Rules at work on one day: what they accept, and which of them are worth telling about. */
export class Acceptance {
  readonly #rules: readonly IgnoreRule[];
  readonly #expired: readonly IgnoreRule[];
  readonly #used = new Set<IgnoreRule>();

  constructor(rules: readonly IgnoreRule[], now: number) {
    const today = new Date(now).toISOString().slice(0, 10);
    this.#rules = rules.filter(({ until }) => until >= today);
    this.#expired = rules.filter(({ until }) => until < today);
  }

  /**
   * Splits a difference into what is left of it and what is accepted, with the reason. Rules for
   * columns take columns out; the rest of a row stays.
   */
  apply(difference: Difference): {
    readonly open?: Difference;
    readonly accepted?: Difference & { readonly accepted: string };
  } {
    const rules = this.#rules.filter((rule) => concerns(rule, difference));
    const whole = rules.find((rule) => rule.column === undefined);
    if (whole !== undefined) {
      this.#used.add(whole);
      return { accepted: { ...difference, accepted: whole.reason } };
    }
    const ruleOf = (column: string): IgnoreRule | undefined =>
      rules.find((rule) => rule.column === column);
    const taken = difference.changes.filter(({ column }) => ruleOf(column) !== undefined);
    if (taken.length === 0) return { open: difference };
    const reasons = new Set<string>();
    for (const { column } of taken) {
      const rule = ruleOf(column);
      if (rule === undefined) continue;
      this.#used.add(rule);
      reasons.add(rule.reason);
    }
    const left = difference.changes.filter((change) => !taken.includes(change));
    return {
      ...(left.length === 0 ? {} : { open: { ...difference, changes: left } }),
      accepted: { ...difference, changes: taken, accepted: [...reasons].join('; ') },
    };
  }

  /** Rules that are past, and rules that accept nothing any more. */
  findings(): readonly Finding[] {
    return [
      ...this.#expired.map((rule) =>
        told(rule, 'warning', `The ignore rule has expired on ${rule.until}: ${rule.reason}`),
      ),
      ...this.#rules
        .filter((rule) => !this.#used.has(rule))
        .map((rule) => told(rule, 'info', `The ignore rule ignores nothing: ${rule.reason}`)),
    ];
  }
}

function concerns(rule: IgnoreRule, { row, name, source }: Difference): boolean {
  if (rule.table !== row.table) return false;
  if (rule.row === undefined) return true;
  const id = parseGuid(rule.row);
  return id === undefined ? rule.row === name : id === row.id || id === source;
}

function told(rule: IgnoreRule, severity: 'warning' | 'info', summary: string): Finding {
  const { table, row, column } = rule;
  return {
    severity,
    code: severity === 'warning' ? 'URM1604' : 'URM1606',
    where: [table, row, column].filter((part) => part !== undefined).join(' '),
    summary,
    detail: '',
    remedy:
      severity === 'warning'
        ? 'Give the rule a later date, or take it out.'
        : 'Take the rule out, or correct it.',
  };
}

/** Rules that would accept differences, for the configuration file: reasons are left to people. */
export function suggestedRules(differences: readonly Difference[], until: string): string {
  const quote = (text: string): string => JSON.stringify(text);
  const lines = differences.flatMap(({ row, name, changes, kind, link }) => {
    const columns =
      kind === 'changed' && link === undefined && changes.length > 0
        ? changes.map(({ column }) => column)
        : [undefined];
    return columns.map(
      (column) =>
        `  - { table: ${row.table}, row: ${row.id}, ${column === undefined ? '' : `column: ${column}, `}reason: ${quote(`accepted: ${name}`)}, until: ${quote(until)} }`,
    );
  });
  return [
    '# Copy what you accept into the configuration file, and say why.',
    'format: 1',
    lines.length === 0 ? 'ignore: []' : 'ignore:',
    ...lines,
    '',
  ].join('\n');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(path: string, what: string): InputError {
  return new InputError('config', `${what} (in ${path})`, 'Correct the configuration file.');
}
