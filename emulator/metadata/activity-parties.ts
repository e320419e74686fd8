import standardColumns from './data/standard-columns.json' with { type: 'json' };
import { buildEntity } from './build-entity.ts';
import { buildManyToOne } from './build-relationships.ts';
import type { Entity, Metadata } from './metadata.ts';
import type { RawColumn, RawTable } from './raw-tables.ts';

/** The table whose rows say who takes part in activities. */
export const activityParty = 'activityparty';

const typeCode = 135;

/** Rows that may take part: learn.microsoft.com/power-apps/developer/data-platform/reference/entities/activityparty. */
const participants: Readonly<Record<string, string>> = {
  account: 'account_activity_parties',
  bulkoperation: 'bulkoperation_activity_parties',
  campaign: 'campaign_activity_parties',
  contact: 'contact_activity_parties',
  entitlement: 'entitlement_activity_parties',
  equipment: 'equipment_activity_parties',
  knowledgearticle: 'knowledgearticle_activity_parties',
  lead: 'lead_activity_parties',
  queue: 'queue_activity_parties',
  service: 'service_activity_parties',
  systemuser: 'system_user_activity_parties',
  unresolvedaddress: 'unresolvedaddress_activity_parties',
};

const participations = [
  'Sender',
  'To Recipient',
  'CC Recipient',
  'BCC Recipient',
  'Required attendee',
  'Optional attendee',
  'Organizer',
  'Regarding',
  'Owner',
  'Resource',
  'Customer',
  'Chat Participant',
  'Related',
];

/** Adds the table of parties; every activity gets its collection: `email_activity_parties`. */
export function addActivityParties(metadata: Metadata): void {
  const activities = [...metadata.entities()].filter(isActivity);
  const raw = partyTable(metadata, activities);
  const idOf = (table: string): string | undefined => metadata.entity(table)?.primaryId;
  metadata.add({
    entities: [
      buildEntity(activityParty, raw, { standard: standardColumns, objectTypeCode: typeCode }),
    ],
    manyToOne: buildManyToOne(activityParty, raw, { standard: standardColumns, idOf }),
    manyToMany: [],
  });
}

function isActivity(entity: Entity): boolean {
  if (entity.logicalName === activityParty) return false;
  if (entity.isActivity || entity.logicalName === 'activitypointer') return true;
  return [...entity.attributes.values()].some((attribute) => attribute.type === 'PartyList');
}

function partyTable(metadata: Metadata, activities: readonly Entity[]): RawTable {
  const partyTargets = Object.entries(participants)
    .filter(([table]) => metadata.entity(table) !== undefined)
    .map(([table, name]) => [table, { name, navigation: `partyid_${table}` }] as const);
  const activityTargets = activities.map(
    ({ logicalName }) =>
      [
        logicalName,
        {
          name: `${logicalName}_activity_parties`,
          navigation: `activityid_${logicalName}`,
          delete: 'Cascade',
        },
      ] as const,
  );
  const options = participations.map((label, at) => [at + 1, label] as const);
  const columns: readonly RawColumn[] = [
    {
      name: 'activitypartyid',
      schema: 'ActivityPartyId',
      type: 'Uniqueidentifier',
      required: 'SystemRequired',
      write: 'create',
    },
    {
      name: 'activityid',
      schema: 'ActivityId',
      type: 'Lookup',
      write: 'create',
      to: Object.fromEntries(activityTargets),
    },
    { name: 'partyid', schema: 'PartyId', type: 'Lookup', to: Object.fromEntries(partyTargets) },
    {
      name: 'participationtypemask',
      schema: 'ParticipationTypeMask',
      type: 'Picklist',
      options,
    },
    { name: 'addressused', schema: 'AddressUsed', type: 'String', length: 320 },
    { name: 'donotemail', schema: 'DoNotEmail', type: 'Boolean', write: 'never' },
    { name: 'donotfax', schema: 'DoNotFax', type: 'Boolean', write: 'never' },
    { name: 'donotphone', schema: 'DoNotPhone', type: 'Boolean', write: 'never' },
    { name: 'donotpostalmail', schema: 'DoNotPostalMail', type: 'Boolean', write: 'never' },
    { name: 'effort', schema: 'Effort', type: 'Double', min: 0, max: 1_000_000_000 },
    { name: 'exchangeentryid', schema: 'ExchangeEntryId', type: 'String', length: 1024 },
    {
      name: 'ispartydeleted',
      schema: 'IsPartyDeleted',
      type: 'Boolean',
      write: 'never',
      default: false,
    },
  ];
  return {
    schema: 'ActivityParty',
    display: 'Activity Party',
    collection: 'Activity Parties',
    set: 'activityparties',
    code: typeCode,
    id: 'activitypartyid',
    ownership: 'None',
    columns: [...columns, 'versionnumber'],
    // Whoever may do something to an activity may do it to its parties.
    privileges: [],
  };
}
