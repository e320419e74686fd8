import type { TestEmulator } from './emulator.ts';
import { spoil } from './spoiled-target.ts';

const type = 'Microsoft.Dynamics.CRM.';

/** A custom value of the choice of skill types. */
export const customSkillType = 192359001;
/** A region that rules compare with. */
export const northId = '5e1f0a52-3c77-4f8b-9b1e-6a2d4c8e0f31';
export const spokenHandle = 'contoso-helper';

/**
 * Gives an environment what a contact centre adds: a table of regions, cases with a region and a tier,
 * queues with a floor, a type of skill of its own.
 */
export async function customize(emulator: TestEmulator): Promise<void> {
  const post = async (path: string, body: object): Promise<void> => {
    const { status, text } = await emulator.send('POST', path, { body });
    if (status >= 300) throw new Error(`POST ${path}: ${status} ${text}`);
  };
  await post('EntityDefinitions', {
    '@odata.type': `${type}EntityMetadata`,
    SchemaName: 'contoso_Region',
    DisplayName: label('Region'),
    OwnershipType: 'UserOwned',
    Attributes: [{ ...text('contoso_Name', 'Name'), IsPrimaryName: true }],
  });
  await post('RelationshipDefinitions', {
    '@odata.type': `${type}OneToManyRelationshipMetadata`,
    SchemaName: 'contoso_incident_region',
    ReferencedEntity: 'contoso_region',
    ReferencingEntity: 'incident',
    Lookup: {
      '@odata.type': `${type}LookupAttributeMetadata`,
      SchemaName: 'contoso_RegionId',
      DisplayName: label('Region'),
    },
  });
  await post("EntityDefinitions(LogicalName='incident')/Attributes", text('contoso_Tier', 'Tier'));
  await post("EntityDefinitions(LogicalName='queue')/Attributes", text('contoso_Floor', 'Floor'));
  await post('InsertOptionValue', {
    EntityLogicalName: 'characteristic',
    AttributeLogicalName: 'characteristictype',
    Value: customSkillType,
    Label: label('Language'),
  });
  await post('contoso_regions', { contoso_regionid: northId, contoso_name: 'North' });
}

/** Uses the customizations in the routing of the source. */
export function useCustomizations(source: TestEmulator): void {
  const rows = spoil(source);
  rows.edit(
    'msdyn_decisionruleset',
    rows.id('msdyn_decisionruleset', 'Cases: route to queues'),
    'msdyn_rulesetdefinition',
    '<action>',
    `${[
      condition('contoso_region.contoso_name', 'North'),
      condition('incident.contoso_tier', 'gold'),
      condition('incident.contoso_incident_region.contoso_name', 'North'),
      condition('incident.contoso_regionid', northId),
      condition('incident.caseorigincode', '3986'),
    ].join('')}<action>`,
  );
  rows.set('characteristic', rows.id('characteristic', 'German'), {
    characteristictype: customSkillType,
  });
  const line = rows.id('msdyn_liveworkstream', 'Main line');
  rows.set('msdyn_liveworkstream', line, {
    msdyn_bot_user: { table: 'systemuser', id: rows.id('systemuser', 'Contoso Helper') },
  });
  const [variable = ''] = rows.pointingTo(
    'msdyn_ocliveworkstreamcontextvariable',
    'msdyn_liveworkstreamid',
    { table: 'msdyn_liveworkstream', id: line },
  );
  rows.set('msdyn_ocliveworkstreamcontextvariable', variable, {
    msdyn_entitylogicalname: 'incident',
    msdyn_relationshipname: 'contoso_incident_region',
  });
}

/** Puts into the target what does not move: templates, a phone number, music, a bot. */
export function prepare(target: TestEmulator, source: TestEmulator): void {
  const rows = spoil(target);
  const { store } = source.environment;
  for (const table of ['msdyn_sessiontemplate', 'msdyn_notificationtemplate', 'msdyn_ocphonemusic'])
    for (const { id, cells } of store.rows(table)) rows.add(table, id, Object.fromEntries(cells));
  rows.add('msdyn_ocphonenumber', target.environment.newId(), {
    msdyn_name: '+4940',
    msdyn_phonenumber: '+4940',
  });
  rows.add('systemuser', target.environment.newId(), {
    fullname: 'Helper of the test environment',
    msdyn_bothandle: spokenHandle,
    isdisabled: false,
  });
}

function condition(path: string, value: string): string {
  return `<condition operator="=="><lhs type="attribute">${path}</lhs><rhs type="staticvalue">${value}</rhs></condition>`;
}

function text(schemaName: string, name: string): object {
  return {
    '@odata.type': `${type}StringAttributeMetadata`,
    SchemaName: schemaName,
    DisplayName: label(name),
    MaxLength: 100,
  };
}

function label(words: string): object {
  return { LocalizedLabels: [{ Label: words, LanguageCode: 1033 }] };
}
