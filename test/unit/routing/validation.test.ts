import assert from 'node:assert/strict';
import type { DataverseReader, PrivilegeDepth } from '#shared/dataverse/client.ts';
import type { Row, Value } from '#shared/model/row.ts';
import type { EnvironmentTable, SourceTable } from '#shared/model/table.ts';
import { ruleBook } from '#shared/routing/rule-book.ts';
import { checkSystemRows } from '#shared/stages/validate/check-contracts.ts';
import { checkDefinitions } from '#shared/stages/validate/check-definitions.ts';
import { checkPrivileges } from '#shared/stages/privileges/check-privileges.ts';
import { importNeeds } from '#shared/stages/privileges/import-needs.ts';
import { RowInspection } from '#shared/stages/validate/inspect-rows.ts';
import { neededTables } from '#shared/stages/validate/needed-tables.ts';
import { aColumn, aLookup, aTable } from '#support/environment-tables.ts';
import { told } from '#support/stage-runs.ts';

const url = 'https://target.example';
const { signal } = new AbortController();

const hour = aTable('msdyn_operatinghour', [aColumn('msdyn_name', 'text')]);
const queue = aTable(
  'queue',
  [
    aColumn('name', 'text'),
    aColumn('msdyn_queuetype', 'choice', {
      options: new Map([
        [192350000, 'Messaging'],
        [192350001, 'Entity'],
        [192350002, 'Voice'],
      ]),
    }),
    aLookup('msdyn_operatinghourid', { msdyn_operatinghour: 'msdyn_operatinghourid' }),
  ],
  {
    manyToMany: [
      {
        name: 'contoso_queue_team',
        target: 'team',
        targetIdColumn: 'teamid',
        reflexive: false,
        schemaName: 'contoso_queue_team',
        navigation: 'contoso_queue_team',
        sourceColumn: 'queueid',
        targetColumn: 'teamid',
      },
    ],
    privileges: privilegesOf('Queue'),
  },
);

describe('validation of definitions', () => {
  const needed = neededTables([sourceTable(queue)]);

  function check(target: EnvironmentTable, rows: readonly Row[]): readonly string[] {
    const inspection = inspect(rows);
    const findings = checkDefinitions({
      needed,
      uses: inspection.tables,
      target: new Map([[target.name, target]]),
      targetUrl: url,
      source: new Map([[queue.name, queue]]),
    });
    return told(findings).map((line) => line.replace(`${url} `, ''));
  }

  it('finds nothing in an equal target', () => {
    assert.deepEqual(check(queue, [aRow('1', ['Billing', 192350002, null])]), []);
  });

  it('says that voice is not provisioned when the target does not know voice queues', () => {
    const target = changed('msdyn_queuetype', {
      options: new Map([
        [192350000, 'Messaging'],
        [192350001, 'Entity'],
      ]),
    });
    assert.deepEqual(check(target, [aRow('1', ['Calls', 192350002, null])]), [
      'error URM1213 queue.msdyn_queuetype',
    ]);
    assert.deepEqual(check(target, [aRow('1', ['Chats', 192350000, null])]), [
      'warning URM1213 queue.msdyn_queuetype',
    ]);
  });

  it('names a choice value by number and label, worse when rows use it', () => {
    const target = changed('msdyn_queuetype', { options: new Map([[192350002, 'Voice']]) });
    assert.deepEqual(check(target, [aRow('1', ['Chats', 192350000, null])]), [
      'error URM1204 queue.msdyn_queuetype',
      'warning URM1204 queue.msdyn_queuetype',
    ]);
  });

  it('finds another type, another target of a lookup, and a missing relationship', () => {
    assert.deepEqual(check(changed('name', { type: 'integer' }), []), ['error URM1203 queue.name']);
    const lookup = { table: 'msdyn_operatinghour', id: id('9') };
    assert.deepEqual(
      check(changed('msdyn_operatinghourid', { targets: ['calendar'] }), [
        aRow('1', ['Billing', 192350000, lookup]),
      ]),
      ['error URM1203 queue.msdyn_operatinghourid'],
    );
    assert.deepEqual(check({ ...queue, manyToMany: [] }, []), ['error URM1205 queue']);
  });

  it('tells of columns that only the target protects', () => {
    assert.deepEqual(check(changed('name', { secured: true }), []), ['warning URM1237 queue.name']);
  });

  it('does not miss columns whose values are never written', () => {
    const stamped = aTable('queue', [aColumn('importsequencenumber', 'integer')]);
    const [table] = neededTables([sourceTable(stamped)]);
    assert.deepEqual([...(table?.columns.keys() ?? [])], ['queueid']);
  });
});

describe('validation of privileges', () => {
  const metadata = new Map([
    ['queue', queue],
    ['msdyn_operatinghour', { ...hour, privileges: privilegesOf('msdyn_operatinghour') }],
    ['team', aTable('team', [], { privileges: privilegesOf('Team') })],
  ]);
  const lookup = { table: 'msdyn_operatinghour', id: id('9') };

  it('asks for what the rows make necessary, as the environment spells it', () => {
    const withLookup = inspect([aRow('1', ['Billing', 192350000, lookup])]);
    const needed = importNeeds(neededTables([sourceTable(queue)]), withLookup.tables, metadata);
    assert.deepEqual(
      new Set(needed.map(({ name }) => name)),
      new Set([
        'prvReadQueue',
        'prvCreateQueue',
        'prvWriteQueue',
        'prvAppendQueue',
        'prvDeleteQueue',
        'prvReadmsdyn_operatinghour',
        'prvAppendTomsdyn_operatinghour',
        'prvReadTeam',
        'prvAppendToTeam',
      ]),
    );
  });

  it('asks for reading only where nothing is to be written', () => {
    const needed = importNeeds(neededTables([sourceTable(queue)]), new Map(), metadata);
    assert.deepEqual(
      needed.map(({ name }) => name),
      ['prvReadQueue'],
    );
  });

  it('asks for no change of rows that are left alone, and for none of system rows', () => {
    const contract = aTable('msdyn_decisioncontract', [aColumn('msdyn_uniquename', 'text')], {
      privileges: privilegesOf('msdyn_decisioncontract'),
    });
    const table = { ...sourceTable(contract), skipUpdate: true };
    const tables = new Map([[contract.name, contract]]);
    const names = (rows: readonly Row[]): readonly string[] =>
      importNeeds(neededTables([table]), inspect(rows, table).tables, tables).map(
        ({ name }) => name,
      );
    const row = (unique: string): Row => ({
      shape: { table: contract, columns: ['msdyn_uniquename'] },
      id: id('1'),
      cells: [unique],
    });
    assert.deepEqual(names([row('msdyn_assignmentoutput')]), ['prvReadmsdyn_decisioncontract']);
    assert.deepEqual(names([row('contoso_own')]), [
      'prvReadmsdyn_decisioncontract',
      'prvCreatemsdyn_decisioncontract',
      'prvDeletemsdyn_decisioncontract',
    ]);
  });

  it('tells a privilege that does not reach far enough from one that is missing', async () => {
    const used = inspect([aRow('1', ['Billing', 192350000, null])]);
    const needed = importNeeds(
      neededTables([{ ...sourceTable(queue), manyToMany: [] }]),
      used.tables,
      metadata,
    );
    const held = new Map<string, PrivilegeDepth>([
      ['prvReadQueue', 'local'],
      ['prvCreateQueue', 'basic'],
    ]);
    const reader = readerWith({ privileges: () => Promise.resolve(held) });
    const { findings, unreadable } = await checkPrivileges(
      reader,
      needed,
      { environment: 'target' },
      signal,
    );
    assert.deepEqual(
      findings.map(({ severity, summary }) => `${severity} ${summary}`),
      [
        'error The privilege prvReadQueue is held at local (Business Unit) only in the target',
        'warning The privilege prvCreateQueue is held at basic (User) only in the target',
        'error The privilege prvWriteQueue is not held in the target',
        'warning The privilege prvDeleteQueue is not held in the target',
      ],
    );
    assert.deepEqual([...unreadable], []);
  });
});

describe('validation of system rows', () => {
  it('names a system contract that the target does not have', async () => {
    const contract = aTable('msdyn_decisioncontract', [aColumn('msdyn_uniquename', 'text')]);
    const row = (key: string, unique: string): Row => ({
      shape: { table: contract, columns: ['msdyn_uniquename'] },
      id: id(key),
      cells: [unique],
    });
    const used = inspect(
      [row('1', 'msdyn_assignmentoutput'), row('2', 'msdyn_selectionruleoutput'), row('3', 'own')],
      sourceTable(contract),
    );
    const reader = readerWith({
      async *rows() {
        yield row('8', 'msdyn_assignmentoutput');
        await Promise.resolve();
      },
    });
    const tables = new Map([[contract.name, contract]]);
    const findings = await checkSystemRows(reader, used.tables, tables, new Set(), signal);
    assert.deepEqual(
      findings.map(({ code, summary }) => [code, / (msdyn_\w+)$/.exec(summary)?.[1]]),
      [['URM1207', 'msdyn_selectionruleoutput']],
    );
  });

  it('misses a contract that only some versions have where a ruleset refers to it, and nowhere else', async () => {
    const contract = aTable('msdyn_decisioncontract', [aColumn('msdyn_uniquename', 'text')]);
    const ruleset = aTable('msdyn_decisionruleset', [
      aLookup('msdyn_outputcontractid', { msdyn_decisioncontract: 'msdyn_outputcontractid' }),
    ]);
    const optional: Row = {
      shape: { table: contract, columns: ['msdyn_uniquename'] },
      id: id('1'),
      cells: ['msdyn_baseoutputcontractmasterentityroutingconfigurationunifiedrouting'],
    };
    const rules: Row = {
      shape: { table: ruleset, columns: ['msdyn_outputcontractid'] },
      id: id('2'),
      cells: [{ table: contract.name, id: optional.id }],
    };
    const reader = readerWith({
      async *rows() {
        await Promise.resolve();
        yield* [];
      },
    });
    for (const [rows, expected] of [
      [[optional], []],
      [[optional, rules], ['URM1207']],
    ] as const) {
      const used = new RowInspection(ruleBook);
      for (const needed of neededTables([sourceTable(contract), sourceTable(ruleset)]))
        for (const row of rows.filter(({ shape }) => shape.table.name === needed.name))
          used.see(needed, row);
      const tables = new Map([contract, ruleset].map((table) => [table.name, table]));
      const findings = await checkSystemRows(reader, used.tables, tables, new Set(), signal);
      assert.deepEqual(
        findings.map(({ code }) => code),
        expected,
      );
    }
  });
});

function privilegesOf(schemaName: string): EnvironmentTable['privileges'] {
  const verbs = {
    read: 'Read',
    create: 'Create',
    write: 'Write',
    delete: 'Delete',
    append: 'Append',
    appendTo: 'AppendTo',
  } as const;
  const named = Object.entries(verbs).map(
    ([verb, word]) => [verb, { name: `prv${word}${schemaName}`, id: '' }] as const,
  );
  return new Map(named) as EnvironmentTable['privileges'];
}

function sourceTable(table: EnvironmentTable): SourceTable {
  return {
    ...table,
    step: '01-test',
    compareBy: [table.idColumn],
    skipUpdate: false,
    forceCreate: false,
    disablePlugins: false,
  };
}

function changed(name: string, by: Parameters<typeof aColumn>[2]): EnvironmentTable {
  const column = queue.columns.get(name);
  assert.ok(column !== undefined);
  return { ...queue, columns: new Map([...queue.columns, [name, { ...column, ...by }]]) };
}

function id(digit: string): string {
  return `0e000000-0000-4000-8000-00000000000${digit}`;
}

function aRow(digit: string, cells: readonly Value[]): Row {
  const columns = ['name', 'msdyn_queuetype', 'msdyn_operatinghourid'];
  return { shape: { table: queue, columns }, id: id(digit), cells };
}

function inspect(rows: readonly Row[], table: SourceTable = sourceTable(queue)): RowInspection {
  const inspection = new RowInspection(ruleBook);
  for (const needed of neededTables([table])) for (const row of rows) inspection.see(needed, row);
  return inspection;
}

/** A reader that answers one question; any other is a mistake of the test. */
function readerWith(answers: Partial<DataverseReader>): DataverseReader {
  const refuse = (): never => assert.fail('not expected to be asked');
  return {
    url,
    requests: { read: 0, write: 0, throttled: 0 },
    whoAmI: refuse,
    version: refuse,
    tables: refuse,
    rows: refuse,
    links: refuse,
    privileges: refuse,
    get: refuse,
    ...answers,
  };
}
