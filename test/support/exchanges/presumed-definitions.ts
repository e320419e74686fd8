import { parseGuid } from '#shared/model/guid.ts';
import type { RawColumn } from '#emulator/metadata/raw-tables.ts';
import type { Segment } from '#emulator/protocol/path.ts';
import { documentedJson, isRow, rowsOf, type JsonRow } from './documented-json.ts';
import type { DocumentedResponse } from './exchange.ts';
import type { Planter } from './planted-rows.ts';
import { changeTable, presumeKey, presumeTable, putColumn } from './presumed-tables.ts';

/** A question about definitions, or a change of them. */
export interface PresumedDefinition {
  readonly method: string;
  readonly segments: readonly Segment[];
  readonly json: JsonRow;
  readonly options: ReadonlyMap<string, string>;
  readonly response: DocumentedResponse;
}

/** Tables and columns whose definitions an exchange shows or changes. */
export function presumeDefinitions(planter: Planter, asked: PresumedDefinition): void {
  const [first, second, third] = asked.segments;
  presumeChoices(planter, asked);
  for (const end of ['ReferencedEntity', 'ReferencingEntity']) {
    const table = asked.json[end];
    if (typeof table === 'string') presumeTable(planter.environment, table);
  }
  if (first?.name === 'EntityDefinitions' && first.argument === undefined) {
    presumeKeys(planter, asked);
  }
  if (first?.name !== 'EntityDefinitions' || first.argument === undefined) return;
  const named = /LogicalName='(\w+)'/.exec(first.argument)?.[1];
  const id = parseGuid(first.argument);
  const table = named ?? tableOf(planter, asked);
  presumeTable(planter.environment, table);
  if (id !== undefined) changeTable(planter.environment, table, () => ({ metadataId: id }));
  if (asked.method !== 'GET' || second?.name !== 'Attributes') return;
  const kind = third?.name.replace('Microsoft.Dynamics.CRM.', '').replace('AttributeMetadata', '');
  const answer = documentedJson(asked.response.body)?.value;
  const column = /LogicalName='(\w+)'/.exec(second.argument ?? '')?.[1];
  const rows = rowsOf(answer).map((row) =>
    column === undefined ? row : { LogicalName: column, ...row },
  );
  if (kind === undefined || rows.length === 0) return;
  presumeColumns(planter, table, { kind, rows, whole: second.argument === undefined });
}

/** The table that an id alone stands for: one that has the columns the exchange names. */
function tableOf(planter: Planter, asked: PresumedDefinition): string {
  const given = asked.json['LogicalName'];
  if (typeof given === 'string') return given;
  const column = /LogicalName(?:=| eq )'(\w+)'/.exec([...asked.options.values()].join(' '))?.[1];
  const shown = rowsOf(documentedJson(asked.response.body)?.value)[0]?.['LogicalName'];
  const wanted = column ?? (typeof shown === 'string' ? shown : undefined);
  for (const entity of planter.environment.metadata.entities()) {
    if (wanted !== undefined && entity.attributes.has(wanted)) return entity.logicalName;
  }
  return 'new_bankaccount';
}

/** Gives a table the columns of one kind that an answer shows, in its order, and no others of the kind. */
function presumeColumns(
  planter: Planter,
  table: string,
  of: { readonly kind: string; readonly rows: readonly JsonRow[]; readonly whole: boolean },
): void {
  const typeName = `${of.kind}Type`;
  if (of.whole) {
    changeTable(planter.environment, table, ({ attributes }) => ({
      attributes: new Map([...attributes].filter(([, each]) => each.typeName !== typeName)),
    }));
  }
  for (const row of of.rows) {
    const name = row['LogicalName'];
    if (typeof name !== 'string') continue;
    putColumn(planter.environment, table, columnOf(name, of.kind, row));
    const known = planter.entity(table).attributes.get(name);
    const id = row['MetadataId'];
    if (known === undefined || typeof id !== 'string') continue;
    changeTable(planter.environment, table, ({ attributes }) => ({
      attributes: new Map(
        [...attributes].map(([key, each]) => [
          key,
          key === name ? { ...each, metadataId: id } : each,
        ]),
      ),
    }));
  }
}

function columnOf(name: string, kind: string, row: JsonRow): RawColumn {
  const schema = row['SchemaName'];
  const display = labelText(row['DisplayName']);
  const set = isRow(row['OptionSet'])
    ? row['OptionSet']
    : isRow(row['GlobalOptionSet'])
      ? row['GlobalOptionSet']
      : undefined;
  const options = set === undefined ? [] : optionsOf(set, kind);
  const isVirtual = kind === 'MultiSelectPicklist' || kind === 'Image' || kind === 'File';
  return {
    name,
    type: isVirtual ? 'Virtual' : kind,
    typeName: `${kind}Type`,
    ...(typeof schema === 'string' ? { schema } : {}),
    ...(display === undefined ? {} : { display }),
    ...(options.length === 0 ? {} : { options }),
    ...(set?.['IsGlobal'] === true && typeof set['Name'] === 'string'
      ? { global: set['Name'] }
      : {}),
    ...(typeof row['MaxSizeInKB'] === 'number' ? { length: row['MaxSizeInKB'] } : {}),
  };
}

function optionsOf(set: JsonRow, kind: string): readonly (readonly (string | number)[])[] {
  const listed = Array.isArray(set['Options'])
    ? (set['Options'] as readonly unknown[])
    : [set['FalseOption'], set['TrueOption']];
  return listed.flatMap((option) => {
    if (!isRow(option)) return [];
    const extra = kind === 'State' ? option['DefaultStatus'] : option['State'];
    const value = Number(option['Value']);
    const text = labelText(option['Label']) ?? '';
    return [typeof extra === 'number' ? [value, text, extra] : [value, text]];
  });
}

function labelText(label: unknown): string | undefined {
  const localized = isRow(label) ? label['UserLocalizedLabel'] : undefined;
  const text = isRow(localized) ? localized['Label'] : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** A global choice that a new column is bound to. */
function presumeChoices(planter: Planter, { json }: PresumedDefinition): void {
  const bound = json['GlobalOptionSet@odata.bind'];
  const key = typeof bound === 'string' ? (/\(([^)]*)\)/.exec(bound)?.[1] ?? '') : '';
  const metadataId = parseGuid(key);
  if (metadataId === undefined) return;
  const name = 'sample_choice';
  const choice = { name, metadataId, displayName: name, options: [] };
  planter.environment.metadata.choices.set(name, choice);
}

/** Keys that an answer lists with their tables. */
function presumeKeys(planter: Planter, asked: PresumedDefinition): void {
  if (asked.method !== 'GET') return;
  for (const row of rowsOf(documentedJson(asked.response.body)?.value)) {
    const schema = row['SchemaName'];
    if (typeof schema !== 'string') continue;
    const table = schema.toLowerCase();
    presumeTable(planter.environment, table);
    changeTable(planter.environment, table, () => ({ schemaName: schema }));
    const keys: readonly unknown[] = Array.isArray(row['Keys']) ? row['Keys'] : [];
    for (const key of keys) {
      const columns: readonly unknown[] =
        isRow(key) && Array.isArray(key['KeyAttributes']) ? key['KeyAttributes'] : [];
      if (columns.length > 0) presumeKey(planter.environment, table, columns.map(String));
    }
  }
}
