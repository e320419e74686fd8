import assert from 'node:assert/strict';
import { FileFormatError } from '#shared/cmt/file-format-error.ts';
import { composeSchema, inImportOrder, readSchema } from '#shared/cmt/schema.ts';
import { aTable } from '#support/cmt-package.ts';

const entity = (inner: string, attributes = ''): string =>
  `<entities ><entity name="queue" displayname="Queue" etc="2020" primaryidfield="queueid" primarynamefield="name" disableplugins="false"${attributes}>${inner}</entity></entities>`;
const fields =
  '<fields><field displayname="Queue" name="queueid" type="guid" primaryKey="true" /></fields>';

describe('reading a schema', () => {
  it('takes the key from primaryidfield, whatever other fields are marked', () => {
    const { tables } = readSchema(
      '<entities><entity name="contact" displayname="Contact" primaryidfield="contactid"><fields>' +
        '<field displayname="A" name="address1_addressid" type="guid" primaryKey="true" />' +
        '<field displayname="C" name="contactid" type="guid" primaryKey="true" /></fields></entity></entities>',
      'test',
    );
    assert.equal(tables[0]?.idColumn, 'contactid');
    assert.equal(tables[0]?.typeCode, undefined);
    assert.equal(tables[0]?.nameColumn, undefined);
  });

  it('reads the import flags in every form of true', () => {
    for (const word of ['true', 'True', '1']) {
      const [table] = readSchema(
        entity(fields, ` skipupdate="${word}" forcecreate="${word}"`),
        'test',
      ).tables;
      assert.equal(table?.skipUpdate, true);
      assert.equal(table?.forceCreate, true);
      assert.equal(table?.disablePlugins, false);
    }
    const [plain] = readSchema(entity(fields, ' skipupdate="false"'), 'test').tables;
    assert.equal(plain?.skipUpdate, false);
  });

  it('reads keys to compare by, lookups with several targets, and date modes', () => {
    const [table] = readSchema(
      entity(
        '<fields><field updateCompare="true" displayname="N" name="name" type="string" />' +
          '<field displayname="R" name="regardingobjectid" type="entityreference" lookupType="account|contact" />' +
          '<field displayname="S" name="start" type="datetime" dateMode="relativeDaily" />' +
          '<field displayname="E" name="end" type="datetime" /></fields>',
      ).replace('<entities >', '<entities  dateMode="relative">'),
      'test',
    ).tables;
    assert.deepEqual(table?.compareBy, ['name']);
    assert.deepEqual(table?.columns.get('regardingobjectid')?.targets, ['account', 'contact']);
    assert.equal(table?.columns.get('start')?.dateMode, 'relativeDaily');
    assert.equal(table?.columns.get('end')?.dateMode, 'relative');
  });

  it('reads filters as text, as a fragment, as elements, and empty', () => {
    const filterOf = (filter: string): string | undefined =>
      readSchema(entity(fields + filter), 'test').tables[0]?.filter;
    assert.equal(filterOf('<filter>&lt;fetch&gt;&lt;/fetch&gt;</filter>'), '<fetch></fetch>');
    assert.equal(filterOf('<filter>\r\n  &lt;filter /&gt;\r\n </filter>'), '<filter />');
    assert.equal(filterOf('<filter />'), undefined);
    assert.equal(
      filterOf('<filter><condition attribute="name" operator="eq" value="a&amp;b" /></filter>'),
      '<filter><condition attribute="name" operator="eq" value="a&amp;b" /></filter>',
    );
  });

  it('reads relationships, reflexive ones said or seen', () => {
    const relationship = (attributes: string): string =>
      `${fields}<relationships><relationship name="r" manyToMany="true" ${attributes} relatedEntityName="r" m2mTargetEntityPrimaryKey="x" /></relationships>`;
    const read = (attributes: string): boolean | undefined =>
      readSchema(entity(relationship(attributes)), 'test').tables[0]?.manyToMany[0]?.reflexive;
    assert.equal(read('m2mTargetEntity="contact"'), false);
    assert.equal(read('m2mTargetEntity="queue"'), true);
    assert.equal(read('isreflexive="true" m2mTargetEntity="contact"'), true);
  });

  it('imports in the order of entityImportOrder, wherever it stands', () => {
    const two = (first: string, last: string): string =>
      `<entities>${first}<entity name="a" displayname="A"><fields /></entity><entity name="b" displayname="B"><fields /></entity>${last}</entities>`;
    const order =
      '<entityImportOrder><entityName>b</entityName><entityName>none</entityName></entityImportOrder>';
    for (const text of [two(order, ''), two('', order)]) {
      const schema = readSchema(text, 'test');
      assert.deepEqual(
        schema.tables.map(({ name }) => name),
        ['a', 'b'],
      );
      assert.deepEqual(
        inImportOrder(schema).map(({ name }) => name),
        ['b', 'a'],
      );
    }
  });

  it('merges a table that stands twice and says so', () => {
    const text = entity(fields).replace(
      '</entities>',
      '<entity name="queue" displayname="Queue"><fields><field displayname="N" name="name" type="string" /></fields></entity></entities>',
    );
    const schema = readSchema(text, 'test');
    assert.equal(schema.tables.length, 1);
    assert.deepEqual([...(schema.tables[0]?.columns.keys() ?? [])], ['queueid', 'name']);
    assert.deepEqual(
      schema.findings.map(({ code }) => code),
      ['URM1124'],
    );
  });

  it('reports what it does not know and keeps it in the text', () => {
    const text = entity(
      '<fields><field displayname="X" name="x" type="hologram" shade="blue" /></fields><extra />',
    );
    const schema = readSchema(text, 'test');
    assert.deepEqual(schema.findings.map(({ code }) => code).sort(), [
      'URM1126',
      'URM1131',
      'URM1131',
    ]);
    assert.equal(schema.tables[0]?.columns.get('x')?.type, 'text');
    assert.equal(schema.text, text);
  });

  it('refuses what is no schema with line and column', () => {
    assert.throws(() => readSchema('<ImportExportXml />', 'f.xml'), { code: 'URM1106' });
    assert.throws(() => readSchema('<entities>\n<entity displayname="x" /></entities>', 'f.xml'), {
      code: 'URM1106',
      where: 'f.xml line 2, column 26',
    });
    assert.throws(
      () => readSchema('<entities>\n<entity name="a></entities>', 'f.xml'),
      (error) => error instanceof FileFormatError && error.position?.line === 2,
    );
    assert.throws(() => readSchema('', 'f.xml'), { code: 'URM1103' });
  });

  it('refuses document types, so that no entity is expanded', () => {
    const text = '<!DOCTYPE entities [<!ENTITY a "b">]><entities>&a;</entities>';
    assert.throws(() => readSchema(text, 'f.xml'), { code: 'URM1105' });
  });
});

describe('composing a schema', () => {
  it('writes the bytes of the stock tool', () => {
    const { table } = aTable('queue')
      .with('name', 'text')
      .with('primaryuserid', 'lookup', 'systemuser')
      .linked('queuemembership', 'systemuser')
      .flagged({
        compareBy: ['queueid'],
        skipUpdate: true,
        typeCode: 2020,
        filter: '<fetch a="1">&</fetch>',
      });
    assert.equal(
      composeSchema([table]).text,
      [
        '<entities >',
        '  <entity name="queue" displayname="QUEUE" etc="2020" primaryidfield="queueid" primarynamefield="name" disableplugins="false" skipupdate="true">',
        '    <fields>',
        '      <field updateCompare="true" displayname="Id" name="queueid" type="guid" primaryKey="true" />',
        '      <field displayname="name" name="name" type="string" />',
        '      <field displayname="primaryuserid" name="primaryuserid" type="entityreference" lookupType="systemuser" />',
        '    </fields>',
        '    <relationships>',
        '      <relationship name="queuemembership" manyToMany="true" isreflexive="false" relatedEntityName="queuemembership" m2mTargetEntity="systemuser" m2mTargetEntityPrimaryKey="systemuserid" />',
        '    </relationships>',
        '    <filter>&lt;fetch a="1"&gt;&amp;&lt;/fetch&gt;</filter>',
        '  </entity>',
        '</entities>',
      ].join('\r\n'),
    );
  });

  it('reads what it writes', () => {
    const { table } = aTable('queue')
      .with('name', 'text')
      .with('when', 'datetime')
      .linked('r', 'queue')
      .flagged({ forceCreate: true, disablePlugins: true });
    const written = composeSchema([table]);
    const read = readSchema(written.text, 'test');
    assert.deepEqual(read.tables, written.tables);
  });
});
