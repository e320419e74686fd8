import assert from 'node:assert/strict';
import { ServiceError } from '#emulator/service-error.ts';
import { toJson } from '#emulator/query/json-text.ts';
import {
  administratorId,
  columnOf,
  createQueryWorld,
  optionsOf,
  otherUserId,
  rowId,
  tableOf,
  valuesOf,
  type QueryWorld,
} from '#support/emulator-query-fixtures.ts';
import { countRows } from '#emulator/query/run-odata-query.ts';
import { shapeRow } from '#emulator/query/shape-row.ts';

function aWorld(): QueryWorld {
  const world = createQueryWorld();
  world.put('systemuser', administratorId, { fullname: 'Ann Admin' });
  world.put('transactioncurrency', rowId(90), { currencyname: 'Euro', currencysymbol: '€' });
  world.put('x_thing', rowId(1), {
    x_name: 'Alpha',
    x_note: 'Alpha',
    x_count: 1234,
    x_amount: '1.50',
    x_price: '12345.6000',
    transactioncurrencyid: { table: 'transactioncurrency', id: rowId(90) },
    x_big: '9007199254740993',
    x_flag: true,
    x_kind: 1,
    x_tags: [1, 3],
    x_when: '2024-04-10T18:05:00Z',
    x_day: '2024-04-10',
    x_userid: { table: 'systemuser', id: administratorId },
    x_secret: 'hidden',
  });
  world.put('x_thing', rowId(2), {
    x_name: "O'Brien",
    x_note: 'other',
    x_count: 5,
    x_kind: 2,
    x_flag: false,
    x_parentid: { table: 'x_thing', id: rowId(1) },
  });
  world.put('x_thing', rowId(3), { x_kind: 3 });
  for (const number of [11, 12, 13]) {
    world.put('x_part', rowId(number), {
      x_name: `part ${number}`,
      x_size: number,
      x_thingid: { table: 'x_thing', id: rowId(number === 13 ? 2 : 1) },
    });
  }
  world.put('x_label', rowId(21), { x_name: 'hot' });
  world.put('x_thing_label', rowId(31), { x_thingid: rowId(1), x_labelid: rowId(21) });
  return world;
}

const filters: readonly (readonly [string, readonly number[]])[] = [
  ["x_name eq 'alpha'", [1]],
  ["x_name eq 'o''brien'", [2]],
  ["x_name ne 'alpha'", [2, 3]],
  ["not (x_name eq 'alpha')", [2, 3]],
  ["not (x_name ne 'alpha')", [1]],
  ['x_name eq null', [3]],
  ['x_name ne null', [1, 2]],
  ['null eq x_name', [3]],
  ['x_count gt 5', [1]],
  ['not (x_count gt 5)', [2]],
  ['5 lt x_count', [1]],
  ['x_count ge 5 and x_count le 1234', [1, 2]],
  ["x_count eq 5 or x_name eq 'ALPHA'", [1, 2]],
  ["not (x_count eq 5 or x_name eq 'ALPHA')", [3]],
  ['x_amount eq 1.5', [1]],
  ['x_big eq 9007199254740993', [1]],
  ['x_flag eq true', [1]],
  ['x_flag', [1]],
  ['not x_flag', [2]],
  ['not not x_flag', [1]],
  ['x_flag ne true', [2, 3]],
  ['x_kind eq 2', [2]],
  ['x_when ge 2024-04-10T00:00:00Z', [1]],
  ['x_when ge 2024-04-10', [1]],
  ['x_day eq 2024-04-10', [1]],
  [`x_thingid eq ${rowId(2).toUpperCase()}`, [2]],
  [`x_thingid eq ${rowId(2)} or x_thingid eq ${rowId(1)} or x_thingid eq ${rowId(9)}`, [1, 2]],
  [`x_thingid eq ${rowId(2)} or x_count eq 1234`, [1, 2]],
  [`_x_parentid_value eq ${rowId(1)}`, [2]],
  [`x_ParentId/x_thingid eq ${rowId(1)}`, [2]],
  ["x_ParentId/x_name eq 'alpha'", [2]],
  ["x_ParentId/x_UserId/fullname eq 'ann admin'", [2]],
  ['x_ParentId/x_name eq null', [1, 3]],
  ['x_ParentId eq null', [1, 3]],
  ['x_ParentId ne null', [2]],
  ["contains(x_name,'LPH')", [1]],
  ["contains(x_name,'a%a')", [1]],
  ["not contains(x_name,'LPH')", [2, 3]],
  ["contains(x_name,'LPH') eq false", [2, 3]],
  ["startswith(x_name,'o''')", [2]],
  ["endswith(x_name,'A')", [1]],
  ['x_name eq x_note', [1]],
  ['x_name ne x_note', [2]],
  ["x_thing_parts/any(p:p/x_name eq 'part 13')", [2]],
  ['x_thing_parts/any()', [1, 2]],
  ['not x_thing_parts/any()', [3]],
  ['x_thing_parts/all(p:p/x_size gt 11)', [2, 3]],
  ["x_labels/any(l:l/x_name eq 'HOT')", [1]],
  ["x_labels/any(l:l/x_name eq 'cold')", []],
  ['x_children/any(c:c/x_thing_parts/any(p:p/x_size eq 13))', [1]],
  ['x_children/any(c:c/x_kind gt x_kind)', [1]],
  ["x_thing_parts/any(p:p/x_ThingId/x_name eq 'alpha')", [1]],
  [
    'Microsoft.Dynamics.CRM.In(PropertyName=\'x_name\',PropertyValues=["alpha","O\'Brien"])',
    [1, 2],
  ],
  ["Microsoft.Dynamics.CRM.NotIn(PropertyName='x_count',PropertyValues=['5'])", [1, 3]],
  ['Microsoft.Dynamics.CRM.Between(PropertyName=\'x_count\',PropertyValues=["5","2000"])', [1, 2]],
  ["Microsoft.Dynamics.CRM.ContainValues(PropertyName='x_tags',PropertyValues=['3','2'])", [1]],
  ["Microsoft.Dynamics.CRM.On(PropertyName='x_when',PropertyValue='2024-04-10')", [1]],
  ["Microsoft.Dynamics.CRM.Today(PropertyName='x_when')", [1]],
  ["Microsoft.Dynamics.CRM.LastXDays(PropertyName='x_when',PropertyValue=2)", []],
  ["Microsoft.Dynamics.CRM.EqualUserId(PropertyName='x_userid')", [1]],
  ["Microsoft.Dynamics.CRM.NotEqualUserId(PropertyName='x_userid')", [2, 3]],
  [`Microsoft.Dynamics.CRM.Under(PropertyName='x_thingid',PropertyValue='${rowId(1)}')`, [2]],
];

const refused: readonly (readonly [string, string])[] = [
  [
    `$filter=x_ParentId eq ${rowId(1)}`,
    "A binary operator with incompatible types was detected. Found operand types 'Microsoft.Dynamics.CRM.x_thing' and 'Edm.Guid' for operator kind 'Equal'.",
  ],
  [
    `$filter=x_parentid eq ${rowId(1)}`,
    "Could not find a property named 'x_parentid' on type 'Microsoft.Dynamics.CRM.x_thing'.",
  ],
  [
    '$select=nothing',
    "Could not find a property named 'nothing' on type 'Microsoft.Dynamics.CRM.x_thing'.",
  ],
  [
    '$select=X_Name',
    "Could not find a property named 'X_Name' on type 'Microsoft.Dynamics.CRM.x_thing'.",
  ],
  [
    '$select=x_parentidname',
    "Could not find a property named 'x_parentidname' on type 'Microsoft.Dynamics.CRM.x_thing'.",
  ],
  [
    '$filter=nothing eq 1',
    "Could not find a property named 'nothing' on type 'Microsoft.Dynamics.CRM.x_thing'.",
  ],
  [
    '$filter=x_parentid/x_name eq 1',
    "Could not find a property named 'x_parentid' on type 'Microsoft.Dynamics.CRM.x_thing'.",
  ],
  ['$filter=x_name foo 1', "Syntax error at position 7 in 'x_name foo 1'."],
  [
    "$filter=x_name eq 'a",
    "There is an unterminated string literal at position 12 in 'x_name eq 'a'.",
  ],
  [
    "$filter=x_name eq 'O'Brien'",
    "There is an unterminated literal at position 19 in 'x_name eq 'O'Brien''.",
  ],
  [
    "$filter=Microsoft.Dynamics.CRM.In(PropertyName='x_name',PropertyValues=['alpha','O'Brien'])",
    "Invalid JSON. A comma character ',' was expected in scope 'Array'. Every two elements in an array and properties of an object must be separated by commas.",
  ],
  [
    "$filter=not Microsoft.Dynamics.CRM.Last7Days(PropertyName='x_when')",
    'Not operator along with the Custom Named Condition operators is not allowed',
  ],
  [
    "$filter=not (x_count eq 5 and Microsoft.Dynamics.CRM.EqualUserId(PropertyName='x_userid'))",
    'Not operator along with the Custom Named Condition operators is not allowed',
  ],
  [
    '$apply=groupby((x_kind),aggregate(x_count with sum as total))&$orderby=total',
    'The query node SingleValueOpenPropertyAccess is not supported',
  ],
  [
    "$filter=x_count eq '5'",
    "A binary operator with incompatible types was detected. Found operand types 'Edm.Int32' and 'Edm.String' for operator kind 'Equal'.",
  ],
  [
    '$filter=x_name eq 5',
    "A binary operator with incompatible types was detected. Found operand types 'Edm.String' and 'Edm.Int32' for operator kind 'Equal'.",
  ],
  [
    '$orderby=nothing',
    "Could not find a property named 'nothing' on type 'Microsoft.Dynamics.CRM.x_thing'.",
  ],
  [
    '$expand=x_parentid',
    "Could not find a property named 'x_parentid' on type 'Microsoft.Dynamics.CRM.x_thing'.",
  ],
  [
    '$expand=x_thing_parts/$ref',
    'Expand with $ref is only supported on lookup type navigation property.',
  ],
  [
    '$expand=x_ParentId($orderby=x_name)',
    'Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested one-to-many relationship.',
  ],
  [
    '$expand=x_thing_parts($top=1;$expand=x_ThingId)',
    'Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested one-to-many relationship.',
  ],
  [
    "$filter=contains(x_count,'1')",
    "No function signature for the function with name 'contains' matches the specified arguments. The function signatures considered are: contains(Edm.String Nullable=true, Edm.String Nullable=true).",
  ],
  [
    "$filter=tolower(x_name) eq 'a'",
    "An unknown function with name 'tolower' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.",
  ],
  ['$filter=x_name eq', "Expression expected at position 9 in 'x_name eq'."],
  ["$filter=(x_name eq 'a'", "')' or operator expected at position 14 in '(x_name eq 'a''."],
  ['$filter=x_name', 'The $filter expression must evaluate to a single boolean value.'],
  [
    '$filter=x_name eq x_count',
    "A binary operator with incompatible types was detected. Found operand types 'Edm.String' and 'Edm.Int32' for operator kind 'Equal'.",
  ],
  [
    `$filter=_x_parentid_value eq '${rowId(1)}'`,
    "A binary operator with incompatible types was detected. Found operand types 'Edm.Guid' and 'Edm.String' for operator kind 'Equal'.",
  ],
  [
    `$filter=x_thingid eq guid'${rowId(1)}'`,
    `Unrecognized 'Edm.String' literal 'guid'${rowId(1)}'' at '13' in 'x_thingid eq guid'${rowId(1)}''.`,
  ],
  [
    '$filter=x_ParentId/x_thing_parts/any(p:p/x_size eq 12)',
    "The collection 'x_ParentId/x_thing_parts' stands behind a lookup: any and all are not supported there.",
  ],
  [
    '$apply=groupby((x_when),aggregate($count as n))',
    "Grouping by 'x_when' is not supported: its values are dates.",
  ],
  ['$skip=5', 'Skip Clause is not supported in CRM'],
  ['$search=x', 'The query parameter $search is not supported'],
  ['$format=json', 'The query parameter $format is not supported'],
  ['$expand=x_thing_parts($levels=2)', 'The query parameter $levels is not supported'],
  [
    '$top=many',
    "Invalid value 'many' for $top query option found. The $top query option requires a non-negative integer value.",
  ],
];

function childrenOf(
  row: Readonly<Record<string, unknown>> | undefined,
  name: string,
): readonly Readonly<Record<string, unknown>>[] {
  return valuesOf({ value: row?.[name] });
}

describe('OData queries', () => {
  const world = aWorld();

  for (const [filter, numbers] of filters) {
    it(`${filter} finds ${numbers.length === 0 ? 'nothing' : numbers.join(', ')}`, () => {
      const answer = world.odata('x_thing', `$select=x_name&$filter=${filter}`);
      assert.deepEqual(columnOf(answer, 'x_thingid'), numbers.map(rowId));
    });
  }

  for (const [query, message] of refused) {
    it(`refuses ${query}`, () => {
      assert.throws(
        () => world.odata('x_thing', query),
        (error) => {
          assert.ok(error instanceof ServiceError);
          assert.deepEqual([error.status, error.code, error.message], [400, '0x80060888', message]);
          return true;
        },
      );
    });
  }

  it('sorts choices by number, lookups by name and nulls first', () => {
    const ordered = (by: string) =>
      columnOf(world.odata('x_thing', `$select=x_kind&$orderby=${by}`), 'x_kind');
    assert.deepEqual(ordered('x_kind'), [1, 2, 3]);
    assert.deepEqual(ordered('x_kind desc'), [3, 2, 1]);
    assert.deepEqual(ordered('x_name'), [3, 1, 2]);
    assert.deepEqual(ordered('_x_parentid_value desc,x_count desc'), [2, 1, 3]);
    assert.deepEqual(ordered('x_ParentId/x_count desc, x_kind desc'), [2, 3, 1]);
  });

  it('shows a row with its columns in the order of the selection, the key last', () => {
    const answer = world.odata('x_thing', '$select=x_price,x_name,_x_userid_value&$top=1');
    assert.equal(
      toJson(answer),
      '{"@odata.context":"http://emulator/api/data/v9.2/$metadata#x_things(x_price,x_name,_x_userid_value)",' +
        `"value":[{"@odata.etag":"${String(valuesOf(answer)[0]?.['@odata.etag']).replaceAll('"', '\\"')}",` +
        `"x_price":12345.6000,"x_name":"Alpha","_x_userid_value":"${administratorId}",` +
        `"_transactioncurrencyid_value":"${rowId(90)}","x_thingid":"${rowId(1)}"}]}`,
    );
  });

  it('puts the requested annotations before the values', () => {
    const columns = 'x_count,x_amount,x_price,x_flag,x_kind,x_tags,x_when,x_day,_x_userid_value';
    const answer = world.odata(
      'x_thing',
      `$select=${columns}&$top=1`,
      world.context({ annotations: '*' }),
    );
    const [row = {}] = valuesOf(answer);
    const formatted = 'OData.Community.Display.V1.FormattedValue';
    assert.deepEqual(
      Object.entries(row)
        .filter(([name]) => name.endsWith(formatted))
        .map(([, text]) => text),
      [
        '1,234',
        '1.50',
        '€12,345.60',
        'On',
        'Zebra',
        'Red; Blue',
        '4/10/2024 6:05 PM',
        '4/10/2024',
        'Ann Admin',
        'Euro',
      ],
    );
    const names = Object.keys(row);
    const at = names.indexOf('_x_userid_value');
    assert.deepEqual(names.slice(at - 3, at), [
      `_x_userid_value@${formatted}`,
      '_x_userid_value@Microsoft.Dynamics.CRM.associatednavigationproperty',
      '_x_userid_value@Microsoft.Dynamics.CRM.lookuplogicalname',
    ]);
    assert.deepEqual(Object.keys(answer), [
      '@odata.context',
      '@Microsoft.Dynamics.CRM.totalrecordcount',
      '@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded',
      '@Microsoft.Dynamics.CRM.globalmetadataversion',
      'value',
    ]);
    assert.equal(row['x_tags'], '1,3');
    assert.equal(row['x_day'], '2024-04-10');
  });

  it('keeps the digits of 64-bit integers and nulls in their place', () => {
    const text = toJson(world.odata('x_thing', '$select=x_big,x_name&$orderby=x_kind desc'));
    assert.match(text, /"x_big":9007199254740993,/);
    assert.match(text, /"x_big":null,"x_name":null/);
  });

  it('hides a secured column from users without a profile', () => {
    const query = '$select=x_secret&$top=1';
    const asOther = {
      ...world.context(),
      caller: { userId: otherUserId, businessUnitId: rowId(1) },
    };
    assert.deepEqual(columnOf(world.odata('x_thing', query), 'x_secret'), ['hidden']);
    assert.deepEqual(columnOf(world.odata('x_thing', query, asOther), 'x_secret'), [null]);
  });

  it('counts with $count and with /$count, whatever the page', () => {
    const answer = world.odata('x_thing', '$select=x_name&$count=true&$top=1');
    assert.equal(answer['@odata.count'], 3);
    assert.equal(valuesOf(answer).length, 1);
    const entity = tableOf(world.environment, 'x_thing');
    assert.equal(countRows(world.context(), entity, optionsOf('$filter=x_count gt 5')), 1);
  });

  it('ignores $top where a page size is asked for', () => {
    const answer = world.odata(
      'x_thing',
      '$select=x_name&$top=1',
      world.context({ maxPageSize: 2 }),
    );
    assert.equal(valuesOf(answer).length, 2);
    assert.match(
      String(answer['@odata.nextLink']),
      /^http:\/\/emulator\/api\/data\/v9\.2\/x_things\?\$select=x_name&\$top=1&\$skiptoken=%3Ccookie%20pagenumber=%222%22%20pagingcookie=%22%253ccookie%2520page%253d%25221%2522%253e/,
    );
  });

  it('expands lookups without and collections with their version', () => {
    const answer = world.odata(
      'x_thing',
      '$select=x_name&$expand=x_ParentId($select=x_name),x_thing_parts($select=x_name;$orderby=x_name desc;$top=1)&$orderby=x_count',
    );
    assert.equal(
      answer['@odata.context'],
      'http://emulator/api/data/v9.2/$metadata#x_things(x_name,x_ParentId(x_name),x_thing_parts(x_name))',
    );
    const [bare, child, parent] = valuesOf(answer);
    assert.equal(bare?.['x_ParentId'], null);
    assert.deepEqual(bare?.['x_thing_parts'], []);
    assert.deepEqual(child?.['x_ParentId'], { x_name: 'Alpha', x_thingid: rowId(1) });
    const [part] = childrenOf(parent, 'x_thing_parts');
    assert.deepEqual(Object.keys(part ?? {}), [
      '@odata.etag',
      'x_name',
      '_x_thingid_value',
      'x_partid',
    ]);
    assert.equal(part?.['x_name'], 'part 12');
    assert.equal(
      parent?.['x_thing_parts@odata.nextLink'],
      `http://emulator/api/data/v9.2/x_things(${rowId(1)})/x_thing_parts?$select=x_name&$orderby=x_name desc&$top=1`,
    );
  });

  it('expands in the restricted mode where an expansion expands further', () => {
    const answer = world.odata(
      'x_thing',
      '$select=x_name&$expand=x_thing_parts($select=x_name;$expand=x_ThingId($select=x_count))&$orderby=x_count desc',
      world.context({ maxPageSize: 1 }),
    );
    const [row] = valuesOf(answer);
    assert.deepEqual(row?.['x_thing_parts'], [
      { x_name: 'part 11', x_partid: rowId(11), x_ThingId: { x_count: 1234, x_thingid: rowId(1) } },
    ]);
    assert.match(String(row?.['x_thing_parts@odata.nextLink']), /\$skiptoken=.*countOfRecords/);
  });

  it('expands many-to-many and references', () => {
    const answer = world.odata(
      'x_thing',
      '$select=x_name&$expand=x_labels($select=x_name),x_UserId/$ref&$top=1',
    );
    const [row] = valuesOf(answer);
    const [label] = childrenOf(row, 'x_labels');
    assert.equal(label?.['x_name'], 'hot');
    assert.deepEqual(row?.['x_UserId'], {
      '@odata.id': `http://emulator/api/data/v9.2/systemusers(${administratorId})`,
    });
    assert.equal(row?.['_x_userid_value'], administratorId);
  });

  it('shapes one row with its own context', () => {
    const row = world.store.get('systemuser', administratorId);
    assert.ok(row);
    const shaped = shapeRow(
      world.context(),
      tableOf(world.environment, 'systemuser'),
      row,
      optionsOf('$select=fullname'),
    );
    assert.deepEqual(Object.keys(shaped), [
      '@odata.context',
      '@odata.etag',
      'fullname',
      'systemuserid',
      'ownerid',
    ]);
    assert.equal(
      shaped['@odata.context'],
      'http://emulator/api/data/v9.2/$metadata#systemusers(fullname)/$entity',
    );
  });

  it('survives expressions without end', () => {
    for (const filter of [`${'('.repeat(20_000)}x_flag`, 'not '.repeat(20_000)]) {
      assert.throws(
        () => world.odata('x_thing', `$filter=${filter}`),
        (error) => error instanceof ServiceError && error.status === 400,
      );
    }
    const long = Array.from({ length: 3000 }, (_, index) => `x_count eq ${index}`).join(' or ');
    const answer = world.odata('x_thing', `$select=x_name&$filter=${long}`);
    assert.deepEqual(columnOf(answer, 'x_name'), ['Alpha', "O'Brien"]);
  });

  it('shows only rows that the caller may see, in every table it touches', () => {
    const context = {
      ...world.context(),
      visible: (entity: { readonly logicalName: string }) =>
        entity.logicalName === 'x_part'
          ? (row: { readonly id: string }) => row.id === rowId(12)
          : undefined,
    };
    assert.deepEqual(columnOf(world.odata('x_part', '$select=x_name', context), 'x_name'), [
      'part 12',
    ]);
    const [row] = valuesOf(
      world.odata('x_thing', '$select=x_name&$expand=x_thing_parts($select=x_name)', context),
    );
    assert.deepEqual(
      childrenOf(row, 'x_thing_parts').map((part) => part['x_name']),
      ['part 12'],
    );
    const any = "x_thing_parts/any(p:p/x_name eq 'part 11')";
    assert.deepEqual(valuesOf(world.odata('x_thing', `$filter=${any}`, context)), []);
  });

  it('runs saved queries', () => {
    world.put('savedquery', rowId(70), {
      name: 'Named things',
      fetchxml:
        '<fetch><entity name="x_thing"><attribute name="x_name"/><filter><condition attribute="x_name" operator="not-null"/></filter></entity></fetch>',
    });
    const answer = world.odata('x_thing', `savedQuery=${rowId(70)}`);
    assert.deepEqual(columnOf(answer, 'x_name'), ['Alpha', "O'Brien"]);
    assert.throws(
      () => world.odata('x_thing', `userQuery=${rowId(71)}`),
      (error) => error instanceof ServiceError && error.status === 404,
    );
  });
});
