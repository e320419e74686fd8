import { zipSync } from './zip-seed.ts';
import { convertPackage } from '#shared/cmt/convert-package.ts';
import { inspectPackage } from '#shared/cmt/inspect-package.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import type { MigrationPackage } from '#shared/cmt/package.ts';
import { textOf, type FuzzTarget } from '../fuzz-target.ts';
import { createMemoryFiles, type MemoryFiles } from '../memory-files.ts';
import { mutateJson } from '../mutate-json.ts';

const { signal } = new AbortController();

const schemaText = `<?xml version="1.0" encoding="utf-8"?>
<entities>
  <entity name="queue" displayname="Queue" etc="2020" primaryidfield="queueid" primarynamefield="name" disableplugins="false">
    <fields>
      <field displayname="Id" name="queueid" type="guid" primaryKey="true" />
      <field updateCompare="true" displayname="Name" name="name" type="string" customfield="false" />
      <field displayname="Type" name="msdyn_queuetype" type="optionsetvalue" />
      <field displayname="Since" name="createdon" type="datetime" />
      <field displayname="Rate" name="rate" type="decimal" />
      <field displayname="Tags" name="tags" type="optionsetvaluecollection" />
      <field displayname="Owner" name="ownerid" type="owner" />
      <field displayname="Parent" name="parentid" type="entityreference" lookupType="queue" />
      <field displayname="Text" name="description" type="string" />
      <field displayname="Parties" name="to" type="partylist" />
      <field displayname="Content" name="content" type="filedata" />
    </fields>
    <relationships>
      <relationship name="queuemembership" manyToMany="true" isreflexive="false" relatedEntityName="queuemembership" m2mTargetEntity="systemuser" m2mTargetEntityPrimaryKey="systemuserid" />
    </relationships>
    <filter>&lt;fetch&gt;&lt;entity name="queue"&gt;&lt;filter&gt;&lt;condition attribute="name" operator="not-null" /&gt;&lt;/filter&gt;&lt;/entity&gt;&lt;/fetch&gt;</filter>
  </entity>
  <entityImportOrder>
    <entityName>queue</entityName>
  </entityImportOrder>
</entities>`;

const dataText = `<entities xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" timestamp="2024-03-01T09:30:00.0000000Z">
  <entity name="queue" displayname="Queue">
    <records>
      <record id="11111111-2222-4333-8444-555555555555">
        <field name="queueid" value="11111111-2222-4333-8444-555555555555" />
        <field name="name" value="Billing &amp; more" />
        <field name="msdyn_queuetype" value="192350002" />
        <field name="createdon" value="2024-03-01T09:30:00.0000000Z" />
        <field name="rate" value="1.5000" />
        <field name="tags" value="[-1,1,2,-1]" />
        <field name="ownerid" value="22222222-2222-4333-8444-555555555555" lookupentity="systemuser" lookupentityname="Ann" />
        <field name="description" value="first&#xA;second" />
        <field name="content" value="33333333-2222-4333-8444-555555555555" filename="a.bin" />
        <field name="to" value="" lookupentity="" lookupentityname="">
          <activitypointerrecords id="44444444-2222-4333-8444-555555555555">
            <field name="partyid" value="22222222-2222-4333-8444-555555555555" lookupentity="systemuser" lookupentityname="" />
          </activitypointerrecords>
        </field>
      </record>
    </records>
    <m2mrelationships>
      <m2mrelationship sourceid="11111111-2222-4333-8444-555555555555" targetentityname="systemuser" targetentitynameidfield="systemuserid" m2mrelationshipname="queuemembership">
        <targetids>
          <targetid>22222222-2222-4333-8444-555555555555</targetid>
        </targetids>
      </m2mrelationship>
    </m2mrelationships>
  </entity>
</entities>`;

const typesText =
  '<?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/octet-stream" /><Override PartName="/data.xml" ContentType="text/xml" /></Types>';

const usual = {
  'data.xml': dataText,
  'data_schema.xml': schemaText,
  '[Content_Types].xml': typesText,
};

const xmlWords = [
  '<entity name="queue">',
  '</entity>',
  '<records>',
  '<record id="11111111-2222-4333-8444-555555555555">',
  '</record>',
  '<field name="name" value="x" />',
  '<field name="x"><y>',
  '<fields>',
  '<m2mrelationships>',
  '<targetid>',
  '<relationships>',
  ' type="string"',
  ' value="',
  ' etc="',
  ' lookupentity="',
  '<?xml version="1.0" encoding="utf-16"?>',
  '&quot;',
  '<x>',
];

/** Reads all rows and links of what is at a path, then writes it in the other form and back again. */
async function readAll(path: string, files: MemoryFiles): Promise<void> {
  await drained(await openPackage(path, files, signal));
  await inspectPackage(path, files, signal);
  await convertPackage(path, { path: '/fuzz/out/folder', form: 'folder', files }, signal);
  await convertPackage(
    '/fuzz/out/folder',
    { path: '/fuzz/out/again.zip', form: 'zip', files },
    signal,
  );
}

async function drained(opened: MigrationPackage): Promise<void> {
  for (const table of opened.tables) {
    for await (const _ of opened.rows(table, signal));
    for await (const _ of opened.links(table, signal));
  }
}

const loose = (changed: Readonly<Record<string, Uint8Array>>): MemoryFiles =>
  createMemoryFiles(
    Object.fromEntries(
      Object.entries({ ...usual, ...changed }).map(([name, content]) => [
        `/fuzz/package/${name}`,
        content,
      ]),
    ),
  );

/** The folder form of the usual package, as the product writes it. */
async function unpacked(): Promise<MemoryFiles> {
  const files = loose({});
  await convertPackage('/fuzz/package', { path: '/fuzz/unpacked', form: 'folder', files }, signal);
  return files;
}

const zipped = (parts: Readonly<Record<string, string | Uint8Array>>): Uint8Array => zipSync(parts);

const unpackedFiles = await unpacked();

function unpackedFile(pattern: RegExp): readonly [path: string, text: string] {
  const found = [...unpackedFiles.contents].find(([path]) => pattern.test(path));
  if (found === undefined) throw new Error(`No file matches ${String(pattern)}.`);
  return [found[0], textOf(found[1])];
}

/** A reader of one JSON file of the folder form. */
function folderFile(
  name: string,
  reads: string,
  pattern: RegExp,
  words: readonly string[],
): FuzzTarget {
  const [path, text] = unpackedFile(pattern);
  return {
    name,
    reads,
    seeds: [text],
    words: ['"raw"', '"xml"', '"file"', '"@id"', '"@xml"', '"table"', '"payload"', ...words],
    change: (input, random) => Buffer.from(mutateJson(textOf(input), random)),
    read: async (input) => {
      const contents = Object.fromEntries(
        [...unpackedFiles.contents].filter(([name]) => name.startsWith('/fuzz/unpacked/')),
      );
      const files = createMemoryFiles({ ...contents, [path]: input });
      await drained(await openPackage('/fuzz/unpacked', files, signal));
      await convertPackage(
        '/fuzz/unpacked',
        { path: '/fuzz/out/packed.zip', form: 'zip', files },
        signal,
      );
    },
  };
}

/** Everything of a package that comes as files. */
export const packageTargets: readonly FuzzTarget[] = [
  {
    name: 'zip',
    reads: 'a Configuration Migration zip: directory, entries, checksums',
    seeds: [
      zipped(usual),
      zipped({ ...usual, 'files/33333333-2222-4333-8444-555555555555.bin': 'content' }),
      zipped({ ...usual, '../evil.xml': 'x', __proto__: 'x' }),
    ],
    words: ['PK\u0001\u0002', 'PK\u0003\u0004', 'PK\u0005\u0006', 'data.xml', '../', '/', 'files/'],
    read: async (input) => {
      await readAll('/fuzz/a.zip', createMemoryFiles({ '/fuzz/a.zip': input }));
    },
  },
  {
    name: 'data-xml',
    reads: 'data.xml: rows, links, parties, files',
    seeds: [dataText, dataText.replace('2024-03-01T09:30:00.0000000Z', '')],
    words: xmlWords,
    read: async (input) => {
      await readAll('/fuzz/package', loose({ 'data.xml': input }));
    },
  },
  {
    name: 'data-schema-xml',
    reads: 'data_schema.xml: tables, columns, relationships, filters',
    seeds: [schemaText],
    words: xmlWords,
    read: async (input) => {
      await readAll('/fuzz/package', loose({ 'data_schema.xml': input }));
    },
  },
  {
    name: 'content-types',
    reads: '[Content_Types].xml of a zip',
    seeds: [typesText, '<Types/>', '<Types><Default Extension="bin"/></Types>'],
    words: [
      '<Types>',
      '</Types>',
      '<Default Extension="xml"/>',
      '<Override ',
      '<__proto__>',
      '<$>',
      ' $="',
    ],
    read: async (input) => {
      const zip = zipped({ ...usual, '[Content_Types].xml': input });
      await drained(
        await openPackage('/fuzz/a.zip', createMemoryFiles({ '/fuzz/a.zip': zip }), signal),
      );
    },
  },
  {
    name: 'manifest',
    reads: 'migration.json of a package folder',
    seeds: [
      JSON.stringify({
        format: 1,
        tool: 'x',
        source: { organizationId: 'o', url: 'https://a' },
        channels: ['voice'],
        scope: { queues: ['a'] },
        steps: [
          {
            step: '01-queues',
            area: 'queues',
            tables: [{ name: 'queue', rows: 1, links: 1 }],
            sha256: 'x',
          },
        ],
        withheld: [{ step: '01-queues', table: 'queue', column: 'x', rows: 1, reason: 'secret' }],
        removed: [{ table: 'queue', id: 'x', name: 'y' }],
      }),
    ],
    words: ['"steps":', '"step":"', '"sha256":"', '"format":1', '"../x"'],
    change: (input, random) => Buffer.from(mutateJson(textOf(input), random)),
    read: async (input) => {
      const files = createMemoryFiles({
        '/fuzz/package/migration.json': input,
        '/fuzz/package/01-queues.zip': zipped(usual),
      });
      await drained(await openPackage('/fuzz/package', files, signal));
    },
  },
  folderFile('folder-notes', '_package.json of the folder form', /_package\.json$/, [
    '"layout"',
    '"entries"',
    '"tables"',
    '"style"',
    '"others"',
    '"links"',
    '"rows"',
  ]),
  folderFile('folder-row', 'a row of the folder form', /queue\/billing[^/]*\.json$/, [
    '{"raw":"x"}',
  ]),
  folderFile('folder-links', 'the links of the folder form', /_links\.[^/]*\.json$/, ['[', ']']),
];
