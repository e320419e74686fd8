import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FactColumn, FactTable } from './facts.ts';
import { readJson } from './read-json.ts';

/** The parts of a recorded EntityDefinitions answer that are read. */
interface WireTable {
  readonly LogicalName: string;
  readonly EntitySetName: string;
  readonly DisplayCollectionName: WireLabel;
  readonly IsActivity: boolean;
  readonly IsIntersect: boolean;
  readonly PrimaryIdAttribute: string;
  readonly PrimaryNameAttribute: string | null;
  readonly ObjectTypeCode: number;
  readonly OwnershipType: string;
  readonly Privileges: readonly { readonly Name: string; readonly PrivilegeId: string }[];
  readonly Attributes: readonly WireColumn[];
  readonly ManyToOneRelationships: readonly WireLookup[];
}
interface Recording {
  readonly table: string;
  /** A table's definition or, for the kinds of choices, a list of them. */
  readonly exchanges: readonly {
    readonly kind: string;
    readonly response: WireTable & { readonly value: readonly WireChoice[] };
  }[];
}
interface WireLabel {
  readonly UserLocalizedLabel: { readonly Label: string } | null;
}
interface WireColumn {
  readonly LogicalName: string;
  readonly SchemaName: string;
  readonly DisplayName: WireLabel;
  readonly AttributeType: string;
  readonly AttributeTypeName: { readonly Value: string };
  readonly AttributeOf: string | null;
  readonly IsCustomAttribute: boolean;
  readonly IsManaged: boolean;
  readonly IsValidForCreate: boolean;
  readonly IsValidForUpdate: boolean;
  readonly IsValidForRead: boolean;
  readonly IsSecured: boolean;
  readonly IsValidODataAttribute: boolean;
  readonly RequiredLevel: { readonly Value: string };
  readonly Targets?: readonly string[];
  readonly MaxLength?: number;
  readonly MinValue?: number;
  readonly MaxValue?: number;
  readonly Precision?: number;
  readonly Format?: string;
  readonly DateTimeBehavior?: { readonly Value: string };
  readonly DefaultValue?: boolean;
  readonly DefaultFormValue?: number;
}
interface WireLookup {
  readonly SchemaName: string;
  readonly ReferencingAttribute: string;
  readonly ReferencedEntity: string;
  readonly ReferencedAttribute: string;
  readonly ReferencingEntityNavigationPropertyName: string;
  readonly ReferencedEntityNavigationPropertyName: string;
  readonly CascadeConfiguration: { readonly Delete: string };
}
interface WireOption {
  readonly Value: number;
  readonly Label: WireLabel;
  readonly State?: number;
  readonly DefaultStatus?: number;
}
interface WireChoice {
  readonly LogicalName: string;
  readonly OptionSet: {
    readonly IsGlobal: boolean;
    readonly Name: string;
    readonly Options?: readonly WireOption[];
    readonly TrueOption?: WireOption | null;
    readonly FalseOption?: WireOption | null;
  } | null;
}

/** Recordings of tables that no part of the product meets. */
const leftOut = new Set([
  'aaduser',
  'flowsession',
  'msdyn_solutionhistory',
  'msdyn_aiconfiguration',
]);

/** Schema and display names the recordings leave out. */
const recordedNames: Readonly<Record<string, readonly [schemaName: string, display: string]>> = {
  account: ['Account', 'Account'],
  activitypointer: ['ActivityPointer', 'Activity'],
  annotation: ['Annotation', 'Note'],
  businessunit: ['BusinessUnit', 'Business Unit'],
  canvasapp: ['CanvasApp', 'Canvas App'],
  contact: ['Contact', 'Contact'],
  customapi: ['CustomAPI', 'Custom API'],
  environmentvariabledefinition: [
    'EnvironmentVariableDefinition',
    'Environment Variable Definition',
  ],
  environmentvariablevalue: ['EnvironmentVariableValue', 'Environment Variable Value'],
  opportunity: ['Opportunity', 'Opportunity'],
  organization: ['Organization', 'Organization'],
  role: ['Role', 'Security Role'],
  solution: ['Solution', 'Solution'],
  systemuser: ['SystemUser', 'User'],
  team: ['Team', 'Team'],
  timezonedefinition: ['TimeZoneDefinition', 'Time Zone Definition'],
  transactioncurrency: ['TransactionCurrency', 'Currency'],
  usersettings: ['UserSettings', 'User Settings'],
  workflow: ['Workflow', 'Process'],
};

/** Tables as a service answered for them, by name. */
export function recordedTables(path: string): ReadonlyMap<string, FactTable> {
  const tables = new Map<string, FactTable>();
  for (const file of readdirSync(path).sort()) {
    const recording = readJson(join(path, file), isRecording);
    if (leftOut.has(recording.table)) continue;
    const definition = recording.exchanges.find((each) => each.kind === 'EntityMetadata');
    if (definition === undefined) continue;
    const choices = new Map<string, WireChoice>();
    for (const exchange of recording.exchanges) {
      if (!exchange.kind.endsWith('OptionSetAttribute')) continue;
      for (const choice of exchange.response.value) {
        choices.set(choice.LogicalName, choice);
      }
    }
    tables.set(recording.table, factsOf(definition.response, choices));
  }
  return tables;
}

function factsOf(wire: WireTable, choices: ReadonlyMap<string, WireChoice>): FactTable {
  const [schemaName, displayName] = recordedNames[wire.LogicalName] ?? [
    wire.LogicalName,
    wire.LogicalName,
  ];
  return {
    logicalName: wire.LogicalName,
    schemaName,
    displayName,
    displayCollectionName: labelOf(wire.DisplayCollectionName),
    entitySetName: wire.EntitySetName,
    logicalCollectionName: wire.EntitySetName,
    objectTypeCode: wire.ObjectTypeCode,
    primaryIdAttribute: wire.PrimaryIdAttribute,
    primaryNameAttribute: wire.PrimaryNameAttribute,
    ownershipType: wire.OwnershipType,
    isIntersect: wire.IsIntersect,
    isActivity: wire.IsActivity,
    scope: 'recorded',
    solutionAware: wire.Attributes.some((each) => each.LogicalName === 'componentstate'),
    attributes: wire.Attributes.filter((each) => !isForeign(each)).map((each) =>
      columnFacts(each, choices.get(each.LogicalName)),
    ),
    manyToOne: wire.ManyToOneRelationships.map((each) => ({
      schemaName: each.SchemaName,
      referencingAttribute: each.ReferencingAttribute,
      referencedEntity: each.ReferencedEntity,
      referencedAttribute: each.ReferencedAttribute,
      referencingNavigationProperty: each.ReferencingEntityNavigationPropertyName,
      referencedNavigationProperty: each.ReferencedEntityNavigationPropertyName,
      cascade: { Delete: each.CascadeConfiguration.Delete },
    })),
    manyToMany: [],
    privileges: wire.Privileges.map((each) => ({ name: each.Name, id: each.PrivilegeId })),
  };
}

/** Columns that somebody added to the recorded organization. */
function isForeign(column: WireColumn): boolean {
  if (!column.IsCustomAttribute) return false;
  const hasPrefix = /^[a-z0-9]{2,8}_/.test(column.LogicalName);
  return hasPrefix && !/^(msdyn|msa|adx|msfp)_/.test(column.LogicalName);
}

function columnFacts(wire: WireColumn, choice: WireChoice | undefined): FactColumn {
  const set = choice?.OptionSet ?? undefined;
  const options = [...(set?.Options ?? []), set?.FalseOption, set?.TrueOption]
    .filter((each) => each !== undefined && each !== null)
    .map((each) => ({
      value: each.Value,
      label: labelOf(each.Label) ?? '',
      ...(each.State === undefined ? {} : { state: each.State }),
      ...(each.DefaultStatus === undefined ? {} : { defaultStatus: each.DefaultStatus }),
    }));
  const defaultValue =
    wire.DefaultFormValue !== undefined && wire.DefaultFormValue !== -1
      ? wire.DefaultFormValue
      : wire.DefaultValue;
  return {
    logicalName: wire.LogicalName,
    schemaName: wire.SchemaName,
    displayName: labelOf(wire.DisplayName),
    attributeType: wire.AttributeType,
    attributeTypeName: wire.AttributeTypeName.Value,
    requiredLevel: wire.RequiredLevel.Value,
    isValidForCreate: wire.IsValidForCreate,
    isValidForUpdate: wire.IsValidForUpdate,
    isValidForRead: wire.IsValidForRead,
    isSecured: wire.IsSecured,
    isODataAttribute: wire.IsValidODataAttribute,
    ...(wire.Targets === undefined ? {} : { targets: wire.Targets }),
    ...(options.length === 0 ? {} : { options }),
    ...(set?.IsGlobal === true ? { globalChoice: set.Name } : {}),
    ...(wire.DateTimeBehavior === undefined
      ? {}
      : { dateTimeBehavior: wire.DateTimeBehavior.Value }),
    ...(wire.Format === undefined ? {} : { format: wire.Format }),
    ...(wire.MinValue === undefined ? {} : { minValue: wire.MinValue }),
    ...(wire.MaxValue === undefined ? {} : { maxValue: wire.MaxValue }),
    ...(wire.MaxLength === undefined ? {} : { maxLength: wire.MaxLength }),
    ...(wire.Precision === undefined ? {} : { precision: wire.Precision }),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    ...(wire.AttributeOf === null ? {} : { attributeOf: wire.AttributeOf }),
  };
}

/** What was recorded wins; facts collected elsewhere fill the gaps. */
export function merge(recorded: FactTable, collected: FactTable | undefined): FactTable {
  if (collected === undefined) return recorded;
  const columns = new Set(recorded.attributes.map((each) => each.logicalName));
  const lookups = new Set(
    recorded.manyToOne.map((each) => `${each.referencingAttribute} ${each.referencedEntity}`),
  );
  return {
    ...recorded,
    attributes: [
      ...recorded.attributes,
      ...collected.attributes.filter((each) => !columns.has(each.logicalName)),
    ],
    manyToOne: [
      ...recorded.manyToOne,
      ...collected.manyToOne.filter(
        (each) => !lookups.has(`${each.referencingAttribute} ${each.referencedEntity}`),
      ),
    ],
    manyToMany: collected.manyToMany,
  };
}

function labelOf(label: WireLabel): string | null {
  return label.UserLocalizedLabel?.Label ?? null;
}

function isRecording(value: unknown): value is Recording {
  return typeof value === 'object' && value !== null && 'exchanges' in value;
}
