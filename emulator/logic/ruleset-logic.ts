import { contextVariableMissing } from '../errors/logic-errors.ts';
import type { Environment } from '../environment.ts';
import type { Cell, StoredRow } from '../store/store.ts';
import { putServerRow, type TableLogic, type WriteEvent } from './write-event.ts';

const guid = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;
const variable = /<lhs\b[^<>]*>\s*liveworkitemcontext\.([^<\s]+)\s*<\/lhs>/gi;
const rule = /<rule\b([^<>]*)>/i;

/**
 * Saving a ruleset lists the rows its rules name in `msdyn_rulesetdependencymapping`; a context variable
 * that is not there fails the save. The worst known variant makes no mappings when the ruleset is
 * created: they appear with its next update.
 */
export const rulesetLogic: TableLogic = {
  afterWrite(event, row) {
    if (!event.cells.has('msdyn_rulesetdefinition')) return;
    const { environment, before } = event;
    const { store } = environment;
    const old = store.find('msdyn_rulesetdependencymapping', 'msdyn_referencingrulesetid', {
      table: 'msdyn_decisionruleset',
      id: row.id,
    });
    for (const mapping of old) store.delete('msdyn_rulesetdependencymapping', mapping.id);
    if (environment.serverLogic === 'nasty' && before === undefined) return;
    const definition = row.cells.get('msdyn_rulesetdefinition');
    // Definitions of machine-learning rulesets are JSON and have no rules.
    if (typeof definition === 'string') mapDependencies(event, row, definition);
  },
};

function mapDependencies(event: WriteEvent, row: StoredRow, definition: string): void {
  const mapped = new Set<string>();
  // What stands behind the last end of a rule belongs to none.
  for (const part of definition.split(/<\/rule>/i).slice(0, -1)) {
    const [tag = '', attributes = ''] = rule.exec(part) ?? [];
    if (tag === '') continue;
    for (const target of referencesIn(event, part.slice(part.indexOf(tag) + tag.length))) {
      if (mapped.has(target.id)) continue;
      mapped.add(target.id);
      putServerRow(
        event,
        'msdyn_rulesetdependencymapping',
        new Map<string, Cell>([
          ['msdyn_name', `${textIn(row, 'msdyn_name')} ${target.table}`.slice(0, 100)],
          ['msdyn_referencingrulesetid', { table: 'msdyn_decisionruleset', id: row.id }],
          ['msdyn_referencingruleid', attributeIn(attributes, 'id').slice(0, 100)],
          ['msdyn_referencingrulename', attributeIn(attributes, 'name').slice(0, 100)],
          ['msdyn_referencedpolymorphicentityid', target],
          ['msdyn_referencedpolymorphiclogicalname', target.table],
        ]),
      );
    }
  }
}

function referencesIn(
  event: WriteEvent,
  body: string,
): readonly { readonly table: string; readonly id: string }[] {
  const { environment } = event;
  const named = [...body.matchAll(variable)].map(([, name = '']) => {
    const id = contextVariable(environment, name);
    if (id === undefined) throw contextVariableMissing();
    return { table: 'msdyn_ocliveworkstreamcontextvariable', id };
  });
  const pointed = [...body.matchAll(guid)].flatMap(([id]) => {
    const target = rowOf(environment, id.toLowerCase());
    return target === undefined ? [] : [target];
  });
  return [...named, ...pointed];
}

/** Variables are named, not pointed at. Which workstream is meant shows only when a step is made. */
function contextVariable(environment: Environment, name: string): string | undefined {
  const table = 'msdyn_ocliveworkstreamcontextvariable';
  return [...environment.store.find(table, 'msdyn_name', name)][0]?.id;
}

/** A row in one of the tables a mapping can point at. */
function rowOf(
  environment: Environment,
  id: string,
): { readonly table: string; readonly id: string } | undefined {
  const targets =
    environment.metadata
      .entity('msdyn_rulesetdependencymapping')
      ?.attributes.get('msdyn_referencedpolymorphicentityid')?.targets ?? [];
  const table = targets.find((each) => environment.store.get(each, id) !== undefined);
  return table === undefined ? undefined : { table, id };
}

function attributeIn(attributes: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
}

function textIn(row: StoredRow, column: string): string {
  const cell = row.cells.get(column);
  return typeof cell === 'string' ? cell : '';
}
