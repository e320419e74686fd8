import { ServiceError } from '#emulator/service-error.ts';
import { boundaryOf, readPartRequest, splitMultipart } from '#emulator/protocol/multipart.ts';
import { runFetchXml } from '#emulator/query/run-fetch-xml.ts';
import { createQueryWorld, rowId, tableOf } from '#support/emulator-query-fixtures.ts';
import { textOf, type FuzzTarget } from '../fuzz-target.ts';

const world = createQueryWorld();
for (let n = 1; n <= 5; n += 1)
  world.put('x_thing', rowId(n), {
    x_name: `Thing ${String(n)}`,
    x_count: n,
    x_flag: n % 2 === 0,
    x_kind: (n % 3) + 1,
  });

const things = tableOf(world.environment, 'x_thing');

const isServiceError = (error: unknown): boolean =>
  error instanceof ServiceError && error.message !== '' && error.status < 500;

/** What clients ask of the emulator. */
export const emulatorTargets: readonly FuzzTarget[] = [
  {
    name: 'emulator-fetch-xml',
    reads: 'FetchXML as the emulator runs it',
    seeds: [
      '<fetch distinct="true" count="2" page="1" returntotalrecordcount="true"><entity name="x_thing"><attribute name="x_name"/><filter type="or"><condition attribute="x_count" operator="in"><value>1</value><value>2</value></condition><condition attribute="x_name" operator="like" value="%a%"/></filter><link-entity name="x_thing" from="x_thingid" to="x_parentid" link-type="outer" alias="p"><attribute name="x_name"/><filter><condition attribute="x_count" operator="gt" value="1"/></filter></link-entity><order attribute="x_name" descending="true"/></entity></fetch>',
      '<fetch aggregate="true"><entity name="x_thing"><attribute name="x_count" aggregate="sum" alias="s"/><attribute name="x_kind" groupby="true" alias="k"/></entity></fetch>',
      '<fetch top="3"><entity name="x_thing"><all-attributes/><filter><condition attribute="x_when" operator="last-x-days" value="3"/></filter></entity></fetch>',
      '<fetch><entity name="x_thing"><filter><link-entity name="x_part" from="x_thingid" to="x_thingid" link-type="any"/></filter></entity></fetch>',
    ],
    words: [
      '<filter>',
      '</filter>',
      '<condition attribute="x_count" operator="eq" value="1"/>',
      '<link-entity name="x_part" from="x_thingid" to="x_thingid">',
      '</link-entity>',
      ' operator="between"',
      ' operator="like"',
      ' operator="next-x-years"',
      ' valueof="x_other"',
      ' dategrouping="month"',
      ' count="',
      ' page="',
      ' paging-cookie="',
      '<value>',
      '<order attribute="x_name"/>',
    ],
    isAnswer: isServiceError,
    read: (input) => runFetchXml(world.context(), things, textOf(input)),
  },
  {
    name: 'emulator-odata',
    reads: 'OData query options: $filter, $expand, $orderby, $apply',
    seeds: [
      "$filter=x_name eq 'a' and (x_count gt 1 or not contains(x_name,'b'))&$orderby=x_name desc&$top=3&$count=true",
      '$select=x_name&$expand=x_ParentId($select=x_name;$expand=x_ParentId),x_children($filter=x_count gt 1;$top=1)',
      '$filter=x_children/any(c:c/x_count gt 1) and x_ParentId/x_count eq 1',
      '$apply=filter(x_count gt 1)/groupby((x_kind),aggregate(x_count with sum as s,$count as n))',
      "$filter=Microsoft.Dynamics.CRM.In(PropertyName='x_count',PropertyValues=['1','2'])",
      `$filter=_x_parentid_value eq ${rowId(1)} and x_when ge 2024-01-01T00:00:00Z and x_big lt 5`,
    ],
    words: [
      '(',
      ')',
      ' and ',
      ' or ',
      ' not ',
      ' eq ',
      'null',
      "'",
      ',',
      ';',
      '/',
      'any(',
      'all(x:x/',
      '$filter=',
      '$expand=',
      '$select=',
      '&',
      '@p=',
      'x_children',
      '[',
      ']',
      '-1',
      '1e5',
    ],
    isAnswer: isServiceError,
    read: (input) => world.odata('x_thing', textOf(input)),
  },
  {
    name: 'emulator-batch',
    reads: 'multipart bodies of $batch, as the emulator takes them apart',
    seeds: [
      '--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET /api/data/v9.2/queues HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-ID: 1\r\n\r\nPOST queues HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{}\r\n--c--\r\n--b--\r\n',
    ],
    words: ['--b', '--b--', '\r\n', '\r\n\r\n', 'GET ', ' HTTP/1.1', ': ', 'boundary=', ' '],
    isAnswer: isServiceError,
    read: (input) => {
      const body = Buffer.from(input).toString('latin1');
      for (const part of splitMultipart(body, 'b')) {
        const inner = boundaryOf(part.headers['content-type']);
        if (inner !== undefined) splitMultipart(part.content, inner);
        readPartRequest(part.content);
      }
    },
  },
];
