import type { Shape } from './row.ts';
import type { ColumnDefinition, ColumnType } from './table.ts';

/** Columns of `activityparty` as party lists in data.xml carry them, in the order seen there. */
const partyColumns: readonly (readonly [name: string, type: ColumnType, targets?: string])[] = [
  ['partyid', 'lookup'],
  ['activityid', 'lookup', 'activitypointer'],
  ['ownerid', 'owner'],
  ['participationtypemask', 'choice'],
  ['instancetypecode', 'choice'],
  ['donotemail', 'boolean'],
  ['donotfax', 'boolean'],
  ['donotpostalmail', 'boolean'],
  ['donotphone', 'boolean'],
  ['ispartydeleted', 'boolean'],
  ['addressused', 'text'],
  ['addressusedemailcolumnnumber', 'integer'],
  ['resourcespecid', 'lookup', 'resourcespec'],
  ['scheduledstart', 'datetime'],
  ['scheduledend', 'datetime'],
  ['effort', 'double'],
  ['exchangeentryid', 'text'],
  ['unresolvedpartyname', 'text'],
  ['externalid', 'text'],
  ['externalidtype', 'text'],
  ['activitypartyid', 'guid'],
];

/** The shape of every row in a party list. */
export const activityPartyShape: Shape = {
  table: {
    name: 'activityparty',
    displayName: 'Activity Party',
    idColumn: 'activitypartyid',
    columns: new Map(
      partyColumns.map(([name, type, target]): [string, ColumnDefinition] => [
        name,
        {
          name,
          displayName: name,
          type,
          targets: target === undefined ? [] : [target],
        },
      ]),
    ),
    manyToMany: [],
  },
  columns: partyColumns.map(([name]) => name),
};
