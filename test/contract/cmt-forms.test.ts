import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { convertPackage } from '#shared/cmt/convert-package.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { cell, type Link, type Row, type Value } from '#shared/model/row.ts';
import type { StageResult } from '#shared/model/result.ts';
import { exportStage } from '#shared/stages/export.ts';
import { importStage } from '#shared/stages/import.ts';
import { neverAborted, partOf, writeZip } from '#support/cmt-package.ts';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';
import { rowsOf, runWith, told, withFolder } from '#support/stage-runs.ts';

const id = (n: number): string => `11111111-1111-4111-8111-${String(n).padStart(12, '0')}`;

/** A table `new_NAME` with a key, a name and what else is given. */
function entity(name: string, more: { attributes?: string; fields?: string; links?: string } = {}) {
  return `<entity name="new_${name}" displayname="${name}" primaryidfield="new_${name}id" primarynamefield="new_name" disableplugins="false"${more.attributes ?? ''}><fields>
<field displayname="Id" name="new_${name}id" type="guid" primaryKey="true" />
<field displayname="Name" name="new_name" type="string" />${more.fields ?? ''}
</fields><relationships>${more.links ?? ''}</relationships></entity>`;
}

function schema(entities: string, attributes = ''): string {
  return `<entities ${attributes}>${entities}</entities>`;
}

function data(content: string, attributes = ''): string {
  return `<entities${attributes}>${content}</entities>`;
}

function record(table: string, n: number, fields: Readonly<Record<string, string>> = {}): string {
  const own = { [`new_${table}id`]: id(n), new_name: `${table} ${String(n)}`, ...fields };
  const texts = Object.entries(own).map(
    ([name, value]) => `<field name="${name}" value="${value}" />`,
  );
  return `<record id="${id(n)}">${texts.join('')}</record>`;
}

function rowsIn(table: string, records: string, links = ''): string {
  return `<entity name="new_${table}" displayname="${table}"><records>${records}</records><m2mrelationships>${links}</m2mrelationships></entity>`;
}

describe('forms that no known file has', function () {
  this.timeout(60_000);
  const folder = withFolder();
  let target: TestEmulator | undefined;
  let runs = 0;
  const at = (name: string): string => join(folder.path, `${String(runs)}-${name}`);

  beforeEach(() => {
    runs += 1;
  });
  afterEach(async () => {
    await target?.close();
    target = undefined;
  });

  /** A file, and an environment that has its tables. */
  async function given(schemaText: string, dataText: string): Promise<TestEmulator> {
    await writeZip(at('file.zip'), schemaText, dataText);
    await writeFile(at('data_schema.xml'), schemaText);
    target = await openEmulator({ seed: 'empty', tablesFrom: at('file.zip') });
    return target;
  }

  async function imported(into: TestEmulator, file = 'file.zip'): Promise<StageResult> {
    const out = at(`run-${String(Math.random())}`);
    const { result } = await runWith(importStage, { target: into.url, package: at(file), out });
    return result;
  }

  async function exported(from: TestEmulator): Promise<ReadonlyMap<string, readonly Row[]>> {
    const inputs = { source: from.url, schema: at('data_schema.xml'), out: at('out.zip') };
    const { result } = await runWith(exportStage, inputs);
    assert.notEqual(result.outcome, 'failed', JSON.stringify(result.findings));
    const rows = await rowsOf(at('out.zip'));
    return new Map([...rows].map(([place, list]) => [place.split(' ').at(-1) ?? '', list]));
  }

  async function linksOut(): Promise<readonly Link[]> {
    const opened = await openPackage(at('out.zip'), nodeFiles, neverAborted);
    const links: Link[] = [];
    for (const table of opened.tables)
      for await (const link of opened.links(table, neverAborted)) links.push(link);
    return links;
  }

  const valueOf = (
    rows: readonly Row[] | undefined,
    n: number,
    column: string,
  ): Value | undefined => {
    const row = rows?.find((each) => each.id === id(n));
    return row === undefined ? undefined : cell(row, column);
  };

  const momentOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

  for (const place of ['first', 'last'])
    it(`entityImportOrder as the ${place} child says the order, and lookups still come first`, async () => {
      const lookup =
        '<field displayname="To" name="new_to" type="entityreference" lookupType="new_b" />';
      const order =
        '<entityImportOrder><entityName>new_a</entityName><entityName>new_b</entityName></entityImportOrder>';
      const tables = entity('b') + entity('a', { fields: lookup });
      const leads = `<field name="new_to" value="${id(2)}" lookupentity="new_b" lookupentityname="b 2" />`;
      const environment = await given(
        schema(place === 'first' ? order + tables : tables + order),
        data(
          rowsIn('b', record('b', 2)) +
            rowsIn('a', record('a', 1).replace('</record>', `${leads}</record>`)),
        ),
      );
      const opened = await openPackage(at('file.zip'), nodeFiles, neverAborted);
      assert.deepEqual(
        opened.tables.map(({ name }) => name),
        ['new_a', 'new_b'],
      );
      const result = await imported(environment);
      assert.equal(result.counts.created, 2, JSON.stringify(result.findings));
      const to = valueOf((await exported(environment)).get('new_a'), 1, 'new_to');
      assert.deepEqual(to, { table: 'new_b', id: id(2), name: 'b 2' });
    });

  it('forcecreate creates what its keys find, and not twice', async () => {
    const key = '<field updateCompare="true" displayname="Key" name="new_key" type="string" />';
    const first = schema(entity('a', { fields: key }));
    const environment = await given(first, data(rowsIn('a', record('a', 1, { new_key: 'x' }))));
    await imported(environment);
    const forced = schema(entity('a', { fields: key, attributes: ' forcecreate="true"' }));
    const other = data(rowsIn('a', record('a', 2, { new_key: 'x' })));
    await writeZip(at('forced.zip'), forced, other);
    assert.equal((await imported(environment, 'forced.zip')).counts.created, 1);
    assert.equal((await imported(environment, 'forced.zip')).counts.unchanged, 1);
    await writeZip(at('by-key.zip'), first, data(rowsIn('a', record('a', 3, { new_key: 'y' }))));
    assert.equal((await imported(environment, 'by-key.zip')).counts.created, 1);
    const renamed = data(rowsIn('a', record('a', 4, { new_key: 'y' })));
    await writeZip(at('renamed.zip'), first, renamed);
    const result = await imported(environment, 'renamed.zip');
    assert.deepEqual([result.counts.created, result.counts.updated], [0, 1]);
  });

  it('skipupdate leaves rows alone that are there, and creates the others', async () => {
    const text = schema(entity('a', { attributes: ' skipupdate="true"' }));
    const environment = await given(text, data(rowsIn('a', record('a', 1))));
    await imported(environment);
    const changed = record('a', 1, { new_name: 'Other' }) + record('a', 2);
    await writeZip(at('changed.zip'), text, data(rowsIn('a', changed)));
    const { counts } = await imported(environment, 'changed.zip');
    assert.deepEqual([counts.created, counts.skipped, counts.updated], [1, 1, 0]);
    assert.equal(valueOf((await exported(environment)).get('new_a'), 1, 'new_name'), 'a 1');
  });

  it('a team that owns a row is bound as a team; an owner that is nowhere is whoever imports', async () => {
    const owner = '<field displayname="Owner" name="ownerid" type="owner" />';
    const team = `<entity name="team" displayname="Team" etc="9" primaryidfield="teamid" primarynamefield="name" disableplugins="false"><fields>
<field displayname="Team" name="teamid" type="guid" primaryKey="true" /><field displayname="Name" name="name" type="string" /></fields></entity>`;
    const owned = (n: number, table: string, of: string): string =>
      record('a', n).replace(
        '</record>',
        `<field name="ownerid" value="${of}" lookupentity="${table}" lookupentityname="Anyone" /></record>`,
      );
    const environment = await given(
      schema(entity('a', { fields: owner }) + team),
      data(
        rowsIn(
          'a',
          owned(1, 'team', id(9)) + owned(2, 'systemuser', id(8)) + owned(3, 'systemuser', id(8)),
        ) +
          `<entity name="team" displayname="Team"><records><record id="${id(9)}"><field name="teamid" value="${id(9)}" /><field name="name" value="Owners" /></record></records><m2mrelationships /></entity>`,
      ),
    );
    // A team without a role can own nothing.
    await environment.send('POST', 'teams', { body: { teamid: id(9), name: 'Owners' } });
    const roles = await environment.send(
      'GET',
      'roles?$select=roleid&$filter=name%20eq%20%27System%20Administrator%27',
    );
    const role = `${environment.url}/api/data/v9.2/roles(${String(roles.body.value[0].roleid)})`;
    const path = `teams(${id(9)})/teamroles_association/$ref`;
    const assigned = await environment.send('POST', path, { body: { '@odata.id': role } });
    assert.equal(assigned.status, 204, assigned.text);
    const result = await imported(environment);
    assert.equal(result.counts.created, 3, JSON.stringify(result.findings));
    assert.deepEqual(told(result.findings), ['warning URM1332 new_a.ownerid']);
    assert.match(result.findings[0]?.summary ?? '', /2 rows have an owner/);
    const rows = (await exported(environment)).get('new_a');
    assert.deepEqual(valueOf(rows, 1, 'ownerid'), { table: 'team', id: id(9), name: 'Owners' });
    const importer = valueOf(rows, 2, 'ownerid');
    assert.ok(typeof importer === 'object' && importer !== null && 'table' in importer);
    assert.equal(importer.table, 'systemuser');
    assert.equal((await imported(environment)).requests.write, 0);
  });

  it('a lookup that leads nowhere stays empty and is told once per column', async () => {
    const lookup =
      '<field displayname="To" name="new_to" type="entityreference" lookupType="new_b" />';
    const leads = `<field name="new_to" value="${id(7)}" lookupentity="new_b" lookupentityname="Gone" /></record>`;
    const records = [1, 2, 3].map((n) => record('a', n).replace('</record>', leads)).join('');
    const environment = await given(
      schema(entity('a', { fields: lookup }) + entity('b')),
      data(rowsIn('a', records)),
    );
    const result = await imported(environment);
    assert.equal(result.outcome, 'succeededWithIssues');
    assert.equal(result.counts.created, 3);
    assert.deepEqual(told(result.findings), ['warning URM1332 new_a.new_to']);
    assert.match(result.findings[0]?.detail ?? '', /Gone/);
    assert.equal(valueOf((await exported(environment)).get('new_a'), 1, 'new_to'), undefined);
  });

  it('reflexive links go both ways through an environment', async () => {
    const links =
      '<relationship name="new_a_new_a" manyToMany="true" isreflexive="true" relatedEntityName="new_a_new_a" m2mTargetEntity="new_a" m2mTargetEntityPrimaryKey="new_aid" />';
    const group = `<m2mrelationship sourceid="${id(1)}" targetentityname="new_a" targetentitynameidfield="new_aid" m2mrelationshipname="new_a_new_a"><targetids><targetid>${id(2)}</targetid><targetid>${id(3)}</targetid></targetids></m2mrelationship>`;
    const environment = await given(
      schema(entity('a', { links })),
      data(rowsIn('a', [1, 2, 3].map((n) => record('a', n)).join(''), group)),
    );
    const result = await imported(environment);
    assert.equal(result.counts.linked, 2, JSON.stringify(result.findings));
    await exported(environment);
    const pairs = (await linksOut()).map(({ from, to }) => [from.id, to.id]);
    assert.deepEqual(pairs, [
      [id(1), id(2)],
      [id(1), id(3)],
    ]);
    assert.equal((await imported(environment)).requests.write, 0);
  });

  it('m2mrelationshipschemaname names a relationship where the usual name is missing', async () => {
    const links =
      '<relationship name="new_a_new_b" manyToMany="true" isreflexive="false" relatedEntityName="new_a_new_b" m2mTargetEntity="new_b" m2mTargetEntityPrimaryKey="new_bid" />';
    const group = (naming: string, to: number): string =>
      `<m2mrelationship sourceid="${id(1)}" targetentityname="new_b" targetentitynameidfield="new_bid" ${naming}><targetids><targetid>${id(to)}</targetid></targetids></m2mrelationship>`;
    const both = 'm2mrelationshipname="new_a_new_b" m2mrelationshipschemaname="new_A_new_B"';
    const environment = await given(
      schema(entity('a', { links }) + entity('b')),
      data(
        rowsIn(
          'a',
          record('a', 1),
          group(both, 2) + group('m2mrelationshipschemaname="new_A_new_B"', 3),
        ) + rowsIn('b', record('b', 2) + record('b', 3)),
      ),
    );
    assert.equal((await imported(environment)).counts.linked, 2);
    await convertPackage(
      at('file.zip'),
      { path: at('f'), form: 'folder', files: nodeFiles },
      neverAborted,
    );
    await convertPackage(
      at('f'),
      { path: at('back.zip'), form: 'zip', files: nodeFiles },
      neverAborted,
    );
    assert.ok(
      (await partOf(at('back.zip'), 'data.xml')).equals(await partOf(at('file.zip'), 'data.xml')),
    );
  });

  it('newId is kept, and rows are what their id says', async () => {
    const withNewId = record('a', 1).replace('<record ', `<record newId="${id(5)}" `);
    const environment = await given(schema(entity('a')), data(rowsIn('a', withNewId)));
    assert.equal((await imported(environment)).counts.created, 1);
    assert.equal(valueOf((await exported(environment)).get('new_a'), 1, 'new_name'), 'a 1');
    await convertPackage(
      at('file.zip'),
      { path: at('f'), form: 'folder', files: nodeFiles },
      neverAborted,
    );
    await convertPackage(
      at('f'),
      { path: at('back.zip'), form: 'zip', files: nodeFiles },
      neverAborted,
    );
    assert.match(String(await partOf(at('back.zip'), 'data.xml')), /newId=/);
  });

  for (const [mode, unit] of [
    ['relative', 7],
    ['relativeDaily', 1],
  ] as const)
    it(`dates of the mode ${mode} move by whole ${unit === 7 ? 'weeks' : 'days'} when rows are created, and never again`, async () => {
      const dated = `<field displayname="When" name="new_when" type="datetime" dateMode="${mode}" /><field displayname="Fixed" name="new_fixed" type="datetime" dateMode="absolute" />`;
      const day = 86_400_000;
      const exportedAt = new Date(Date.now() - 10 * day - day / 2).toISOString().slice(0, 19);
      const when = '2024-03-01T09:30:00.0000000Z';
      const environment = await given(
        schema(entity('a', { fields: dated }), 'dateMode="relative"'),
        data(
          rowsIn('a', record('a', 1, { new_when: when, new_fixed: when })),
          ` timestamp="${exportedAt}.0000000Z"`,
        ),
      );
      await imported(environment);
      const rows = (await exported(environment)).get('new_a');
      const moved =
        (Date.parse(momentOf(valueOf(rows, 1, 'new_when'))) - Date.parse(when.slice(0, 19) + 'Z')) /
        day;
      assert.equal(moved, unit === 7 ? 7 : 10);
      assert.equal(valueOf(rows, 1, 'new_fixed'), '2024-03-01T09:30:00Z');
      assert.equal((await imported(environment)).requests.write, 0);
    });

  it('dates without a time zone and of a day alone come back as they were', async () => {
    const dated = '<field displayname="When" name="new_when" type="datetime" />';
    const environment = await given(
      schema(entity('a', { fields: dated })),
      data(rowsIn('a', record('a', 1, { new_when: '2021-07-21T15:02:00.0000000' }))),
    );
    await imported(environment);
    const rows = (await exported(environment)).get('new_a');
    assert.equal(valueOf(rows, 1, 'new_when'), '2021-07-21T15:02:00');
  });

  it('states other than the first are set last, and children of such rows are written before', async () => {
    const state =
      '<field displayname="Status" name="statecode" type="state" /><field displayname="Reason" name="statuscode" type="status" />';
    const parent =
      '<field displayname="To" name="new_to" type="entityreference" lookupType="new_b" />';
    const leads = `<field name="new_to" value="${id(2)}" lookupentity="new_b" /></record>`;
    const environment = await given(
      schema(entity('b', { fields: state }) + entity('a', { fields: parent })),
      data(
        rowsIn('b', record('b', 2, { statecode: '1', statuscode: '2' })) +
          rowsIn('a', record('a', 1).replace('</record>', leads)),
      ),
    );
    const result = await imported(environment);
    assert.equal(result.counts.created, 2, JSON.stringify(result.findings));
    const rows = await exported(environment);
    assert.equal(valueOf(rows.get('new_b'), 2, 'statecode'), 1);
    assert.equal(valueOf(rows.get('new_b'), 2, 'statuscode'), 2);
    assert.equal((await imported(environment)).requests.write, 0);
  });
});
