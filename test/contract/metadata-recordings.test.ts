import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadMetadata } from '#emulator/metadata/load-metadata.ts';
import { askMetadata } from '#support/ask-metadata.ts';

/** Answers that a live service gave, kept beside the project where it is built. */
const folder = fileURLToPath(
  new URL('../../../shared/reference/webapi/fixtures/tables/', import.meta.url),
);

interface Recording {
  readonly table: string;
  readonly exchanges: readonly {
    readonly kind: string;
    readonly request: { readonly url: string };
    // oxlint-disable-next-line typescript/no-explicit-any -- a service's answer, read by assertions
    readonly response: any;
  }[];
}

describe('table definitions beside recordings of the service', () => {
  if (!existsSync(folder)) {
    it('needs recordings, which stand beside the project where it is built', function () {
      this.skip();
    });
  }

  const metadata = loadMetadata({ typeCodeShift: 0 });
  const recordings: readonly Recording[] = existsSync(folder)
    ? readdirSync(folder).map((file): Recording => JSON.parse(readFileSync(folder + file, 'utf8')))
    : [];

  for (const { table, exchanges } of recordings) {
    if (metadata.entity(table) === undefined) continue;
    const definition = exchanges.find((each) => each.kind === 'EntityMetadata');
    if (definition === undefined) continue;

    it(`shows the columns of ${table} as the service does`, () => {
      const mine = askMetadata(pathOf(definition.request.url), metadata);
      const columns = new Map(byName(mine.Attributes, 'LogicalName'));
      for (const theirs of definition.response.Attributes) {
        const own = columns.get(theirs.LogicalName);
        if (own === undefined || theirs.AttributeOf !== null) continue;
        assert.deepEqual(factsOf(own), factsOf(theirs), `${table}.${theirs.LogicalName}`);
        // Older recordings lack members that were added later; the order is the same.
        const shared = Object.keys(own).filter((name) => name in theirs);
        assert.deepEqual(
          shared,
          Object.keys(theirs).filter((name) => name in own),
        );
      }
    });

    it(`shows the relationships of ${table} as the service does`, () => {
      const mine = askMetadata(pathOf(definition.request.url), metadata);
      const lookups = new Map(byName(mine.ManyToOneRelationships, 'SchemaName'));
      for (const theirs of definition.response.ManyToOneRelationships) {
        const own = lookups.get(theirs.SchemaName);
        if (own === undefined) continue;
        assert.deepEqual(Object.keys(own), Object.keys(theirs));
        for (const name of [
          'ReferencedEntity',
          'ReferencedAttribute',
          'ReferencingAttribute',
          'ReferencingEntityNavigationPropertyName',
        ]) {
          assert.equal(own[name], theirs[name], `${theirs.SchemaName}.${name}`);
        }
        assert.equal(own.CascadeConfiguration.Delete, theirs.CascadeConfiguration.Delete);
      }
    });

    for (const { kind, request, response } of exchanges) {
      if (!kind.endsWith('OptionSetAttribute')) continue;
      it(`shows the ${kind} of ${table} as the service does`, () => {
        const mine = askMetadata(pathOf(request.url), metadata);
        assert.equal(contextOf(mine), contextOf(response));
        const columns = new Map(byName(mine.value, 'LogicalName'));
        for (const theirs of response.value) {
          const own = columns.get(theirs.LogicalName);
          if (own === undefined) continue;
          assert.deepEqual(Object.keys(own), Object.keys(theirs));
          assert.deepEqual(optionsOf(own.OptionSet), optionsOf(theirs.OptionSet));
        }
      });
    }
  }
});

function pathOf(url: string): string {
  return url.replace(/^\/api\/data\/v9\.\d\//, '');
}

// oxlint-disable-next-line typescript/no-explicit-any -- a definition of any kind
function byName(list: readonly any[], name: string): readonly [string, any][] {
  return list.map((each) => [each[name], each]);
}

// oxlint-disable-next-line typescript/no-explicit-any -- a definition of any kind
function factsOf(column: any): unknown {
  return {
    type: column['@odata.type'],
    attributeType: column.AttributeType,
    typeName: column.AttributeTypeName.Value,
    schemaName: column.SchemaName,
    create: column.IsValidForCreate,
    read: column.IsValidForRead,
    update: column.IsValidForUpdate,
    odata: column.IsValidODataAttribute,
    secured: column.IsSecured,
    required: column.RequiredLevel.Value,
    primary: column.IsPrimaryName,
  };
}

// oxlint-disable-next-line typescript/no-explicit-any -- an option set of any kind
function optionsOf(set: any): unknown {
  if (set === null) return [];
  return (
    (set.Options ?? [set.FalseOption, set.TrueOption])
      // oxlint-disable-next-line typescript/no-explicit-any -- an option of any kind
      .filter((option: any) => option !== null)
      // oxlint-disable-next-line typescript/no-explicit-any -- an option of any kind
      .map((option: any) => [
        option['@odata.type'],
        option.Value,
        option.Label.UserLocalizedLabel?.Label ?? '',
        option.State,
        option.DefaultStatus,
      ])
  );
}

function contextOf(answer: { readonly '@odata.context': string }): string {
  return answer['@odata.context'].replace(/^.*\$metadata#/, '');
}
