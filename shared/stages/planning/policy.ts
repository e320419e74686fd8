import type { Finding } from '../../errors/finding.ts';
import type { Host } from '../../host/host.ts';
import { parseGuid } from '../../model/guid.ts';
import type { RuleBook } from '../../model/rules.ts';
import type { SourceTable } from '../../model/table.ts';
import type { Overlay, PlanPolicy, PolicyRow } from '../../plan/policy.ts';
import { isLeftToSolution } from '../solutions/left-to-solution.ts';
import type { IgnoreRule } from '../check-drift/ignore-rules.ts';
import type { EnvironmentSettings, PlainValue, PlanningSettings } from './settings.ts';

/** What settings mean for one environment on one day. */
export interface PolicyFrame {
  readonly settings: PlanningSettings;
  readonly environment: EnvironmentSettings | undefined;
  readonly book: RuleBook;
  /** The area of a step; `undefined` for a step that no area has. */
  readonly areaOf: (step: string) => string | undefined;
  readonly host: Pick<Host, 'variable'>;
  readonly now: number;
}

type Laid = EnvironmentSettings['values'][number] & { readonly overlay: Overlay };

const named = 5;

/** Decides by the configuration file, and remembers what it decided. */
export class ConfiguredPolicy implements PlanPolicy {
  readonly #frame: PolicyFrame;
  readonly #laid: readonly Laid[];
  readonly #used = new Set<object>();
  readonly #rules: readonly IgnoreRule[];
  /** Rows whose difference was left, by who said so. */
  readonly #left = new Map<object, { readonly columns: Set<string>; readonly rows: string[] }>();
  readonly #carried: string[] = [];
  readonly #problems: Finding[] = [];

  constructor(frame: PolicyFrame) {
    this.#frame = frame;
    const { settings, environment } = frame;
    const today = new Date(frame.now).toISOString().slice(0, 10);
    this.#rules = settings.ignore.filter(({ until }) => until >= today);
    for (const rule of settings.ignore) if (until(rule) < today) this.#problems.push(expired(rule));
    this.#laid = (environment?.values ?? []).flatMap((value) => {
      const overlay = this.#overlay(value, environment?.writeSecrets === true);
      return overlay === undefined ? [] : [{ ...value, overlay }];
    });
    if (environment === undefined && settings.environments.length > 0)
      this.#problems.push({
        severity: 'info',
        code: 'URM1341',
        where: 'environments',
        summary: 'The configuration has no environment with the address of the target',
        detail: settings.environments.map(({ name, url }) => `${name}: ${url}`).join('; '),
        remedy: 'Add the environment where values, kept columns or a map are meant for it.',
      });
  }

  /** Whether a setting was wrong: nothing may be applied then. */
  get hasErrors(): boolean {
    return this.#problems.some(({ severity }) => severity === 'error');
  }

  overlaysOf(row: PolicyRow): readonly Overlay[] {
    const own = this.#laid.filter((each) => each.table === row.table && isRow(each.row, row));
    for (const each of own) this.#used.add(each);
    return own.map(({ overlay }) => overlay);
  }

  overlaidColumns(table: string): readonly string[] {
    return this.#laid
      .filter((each) => each.table === table && !isSecret(each.overlay))
      .map(({ column }) => column);
  }

  leaves(row: PolicyRow, column: string, differs: () => boolean): boolean {
    const kept = this.#frame.environment?.keep.find(
      (each) => each.table === row.table && each.column === column,
    );
    const rule =
      kept ??
      this.#rules.find(
        (each) =>
          each.table === row.table &&
          (each.column === undefined || each.column === column) &&
          (each.row === undefined || isRow(each.row, row)),
      );
    if (rule === undefined) return false;
    if (differs()) this.#leave(rule, column, row.name);
    return true;
  }

  isCarried(sources: readonly SourceTable[]): boolean {
    if (this.#frame.settings.carriedBy !== 'solution') return false;
    return sources.every(({ step, name }) => isLeftToSolution(this.#frame.areaOf(step), name));
  }

  leaveToSolution(row: PolicyRow): void {
    this.#carried.push(`${row.table} ${row.name}`);
  }

  findings(): readonly Finding[] {
    const { environment } = this.#frame;
    return [
      ...this.#problems,
      ...(environment?.keep ?? []).flatMap((kept) => this.#toldKept(kept)),
      ...this.#rules.flatMap((rule) => this.#toldIgnored(rule)),
      ...this.#laid.map((laid) => this.#toldLaid(laid)),
      ...(this.#carried.length === 0
        ? []
        : [
            info('URM1348', 'carriedBy: solution', {
              summary: `${this.#carried.length} rows differ and are left to the solution that carries them`,
              detail: listed(this.#carried),
            }),
          ]),
    ];
  }

  #leave(by: object, column: string, row: string): void {
    const left = this.#left.get(by) ?? { columns: new Set(), rows: [] };
    this.#left.set(by, left);
    left.columns.add(column);
    if (!left.rows.includes(row)) left.rows.push(row);
  }

  #toldKept(kept: EnvironmentSettings['keep'][number]): readonly Finding[] {
    const left = this.#left.get(kept);
    if (left === undefined) return [];
    return [
      info('URM1344', `${kept.table}, column ${kept.column}`, {
        summary: `The target keeps its own value in ${left.rows.length} rows, where the package has another`,
        detail: listed(left.rows),
      }),
    ];
  }

  #toldIgnored(rule: IgnoreRule): readonly Finding[] {
    const left = this.#left.get(rule);
    if (left === undefined) return [];
    return [
      info('URM1342', placeOfRule(rule), {
        summary: `Differences of ${left.rows.length} rows are ignored until ${rule.until}: ${rule.reason}`,
        detail: `${[...left.columns].join(', ')} of ${listed(left.rows)}`,
      }),
    ];
  }

  #toldLaid(laid: Laid): Finding {
    const where = `${laid.table} ${laid.row}, column ${laid.column}`;
    if (!this.#used.has(laid))
      return {
        severity: 'warning',
        code: 'URM1341',
        where,
        summary: 'The configuration sets a value of a row that the package does not have',
        detail: '',
        remedy: 'Correct table and row in the configuration, or take the value out.',
      };
    return isSecret(laid.overlay)
      ? info('URM1345', where, {
          summary: `A secret comes from variable ${variableIn(laid.value) ?? ''}${laid.overlay.writeSecrets ? '' : ', for a new row only'}; it is never compared, and a roll-back cannot restore it`,
        })
      : info('URM1344', where, { summary: 'The environment has a value of its own' });
  }

  #overlay(
    value: EnvironmentSettings['values'][number],
    writeSecrets: boolean,
  ): Overlay | undefined {
    const variable = variableIn(value.value);
    const { column } = value;
    if (variable === undefined) {
      if (this.#isSecretColumn(value)) {
        this.#refuse(
          value,
          'A secret must not stand in a file',
          'Write ${NAME} and give the variable to the pipeline.',
        );
        return undefined;
      }
      return { column, value: value.value, writeSecrets };
    }
    const held = this.#frame.host.variable(variable);
    if (held === undefined || held === '') {
      this.#refuse(
        value,
        `The variable ${variable} has no value`,
        'Set the variable; a secret variable has to be handed to the step in env.',
      );
      return undefined;
    }
    return {
      column,
      value: this.#isSecretColumn(value) ? { variable } : held,
      writeSecrets,
    };
  }

  #isSecretColumn({ table, column }: { readonly table: string; readonly column: string }): boolean {
    return this.#frame.book.of(table).withheld.get(column) === 'secret';
  }

  #refuse(value: EnvironmentSettings['values'][number], summary: string, remedy: string): void {
    this.#problems.push({
      severity: 'error',
      code: 'URM1341',
      where: `${value.table} ${value.row}, column ${value.column}`,
      summary,
      detail: '',
      remedy,
    });
  }
}

/** `${NAME}`, and nothing else. */
function variableIn(value: PlainValue): string | undefined {
  return typeof value === 'string' ? /^\$\{([^{}]+)\}$/.exec(value.trim())?.[1] : undefined;
}

function isSecret(overlay: Overlay): boolean {
  return typeof overlay.value === 'object' && overlay.value !== null;
}

function isRow(said: string, row: PolicyRow): boolean {
  const id = parseGuid(said);
  return id === undefined ? said === row.name : id === row.source || id === row.target;
}

function placeOfRule({ table, row, column }: IgnoreRule): string {
  return [table, row, column].filter((part) => part !== undefined).join(' ');
}

function until(rule: IgnoreRule): string {
  return rule.until;
}

function expired(rule: IgnoreRule): Finding {
  return {
    severity: 'warning',
    code: 'URM1343',
    where: placeOfRule(rule),
    summary: `The rule to ignore has run out on ${rule.until}: ${rule.reason}`,
    detail: '',
    remedy: 'Give the rule a later day, or take it out.',
  };
}

function listed(names: readonly string[]): string {
  const rest = names.length - named;
  return `${names.slice(0, named).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function info(
  code: Finding['code'],
  where: string,
  text: { readonly summary: string; readonly detail?: string },
): Finding {
  return {
    severity: 'info',
    code,
    where,
    summary: text.summary,
    detail: text.detail ?? '',
    remedy: 'Change the configuration if this is not what you want.',
  };
}

/** The catalogue's rules, with the keys by which people want rows to be recognized. */
export function matchingBook(book: RuleBook, match: PlanningSettings['match']): RuleBook {
  if (match.size === 0) return book;
  return {
    of: (table) => {
      const columns = match.get(table);
      const rules = book.of(table);
      return columns === undefined
        ? rules
        : { ...rules, identities: [...rules.identities, { by: 'key', columns }] };
    },
  };
}
