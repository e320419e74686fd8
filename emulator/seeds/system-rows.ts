import { usuallyBlocked } from '../logic/blocked-attachments.ts';
import type { Environment } from '../environment.ts';
import { activeSolutionId } from '../logic/complete-row.ts';
import type { SeedRow, SeedTables } from './seed-rows.ts';
import { systemContracts } from './system-contracts.ts';

/** The queue that records go to when no rule says otherwise; this id is the same everywhere. */
export const defaultEntityQueueId = '5a4b76b0-dab5-4717-9743-9490f2f822c6';

/** The template the System Administrator role of every environment is made from. */
export const systemAdministratorTemplateId = '627090ff-40a3-4053-8790-584edc5be201';

/** Application ids a token may name: see the README of this folder. */
export const applicationIds = {
  releasePipeline: '2c9d1f04-7be1-4a3e-9d58-61c0b0f5a7e2',
  routingReader: '81d4c6aa-52f3-4f0c-8f65-3b9e2ad47c10',
} as const;

/** What an environment with unified routing installed holds before anybody configures anything. */
export function systemRows(environment: Environment): SeedTables {
  return {
    organization: [
      {
        key: 'organization',
        organizationid: environment.organizationId,
        name: environment.name,
        basecurrencyid: '#base',
        languagecode: 1033,
        blockedattachments: usuallyBlocked,
      },
    ],
    roletemplate: [{ roletemplateid: systemAdministratorTemplateId, name: 'System Administrator' }],
    businessunit: [
      { key: 'root', businessunitid: environment.rootBusinessUnitId, name: environment.name },
    ],
    transactioncurrency: [
      {
        key: 'base',
        currencyname: 'Euro',
        isocurrencycode: 'EUR',
        currencysymbol: '€',
        currencyprecision: 2,
        exchangerate: '1.0000000000',
      },
    ],
    systemuser: users(environment),
    team: [
      {
        key: 'root',
        name: environment.name,
        businessunitid: 'businessunit#root',
        administratorid: 'systemuser#administrator',
        isdefault: true,
        teamtype: 0,
        membershiptype: 0,
      },
    ],
    teammembership: [
      { key: 'administrator', teamid: 'team#root', systemuserid: 'systemuser#administrator' },
    ],
    publisher: [
      publisher('default', 'DefaultPublisher', `Default Publisher for ${environment.name}`, 'new'),
      {
        ...publisher('microsoft', 'microsoftdynamics', 'Dynamics 365', 'msdyn'),
        isreadonly: true,
      },
    ],
    solution: solutions,
    queue: defaultQueues,
    msdyn_decisioncontract: systemContracts,
    msdyn_oclanguage: languages,
    fieldsecurityprofile: [
      {
        key: 'administrator',
        fieldsecurityprofileid: '572329c1-a042-4e22-be47-367c6374ea45',
        name: 'System Administrator',
        ismanaged: true,
        fieldsecurityprofileidunique: '572329c1-a042-4e22-be47-367c6374ea45',
      },
    ],
    systemuserprofiles: [
      {
        key: 'administrator',
        systemuserid: 'systemuser#administrator',
        fieldsecurityprofileid: 'fieldsecurityprofile#administrator',
      },
      {
        key: 'release-pipeline',
        systemuserid: 'systemuser#release-pipeline',
        fieldsecurityprofileid: 'fieldsecurityprofile#administrator',
      },
    ],
    fieldpermission: securedColumns(environment).map(([table, column]) => ({
      key: `${table}.${column}`,
      fieldsecurityprofileid: '#administrator',
      entityname: table,
      attributelogicalname: column,
      canread: 4,
      cancreate: 4,
      canupdate: 4,
    })),
  };
}

function securedColumns(environment: Environment): readonly (readonly [string, string])[] {
  return [...environment.metadata.entities()].flatMap((entity) =>
    [...entity.attributes.values()]
      .filter((attribute) => attribute.secured)
      .map((attribute): [string, string] => [entity.logicalName, attribute.logicalName]),
  );
}

function users(environment: Environment): readonly SeedRow[] {
  const host = `${environment.name.toLowerCase().replace(/[^a-z0-9]+/g, '')}.onmicrosoft.com`;
  const common = { businessunitid: 'businessunit#root', isdisabled: false };
  return [
    {
      ...common,
      key: 'administrator',
      systemuserid: environment.administratorId,
      fullname: 'Sam Okafor',
      firstname: 'Sam',
      lastname: 'Okafor',
      domainname: `admin@${host}`,
      internalemailaddress: `admin@${host}`,
      azureactivedirectoryobjectid: '0d6f7c39-1b7a-4f60-a0f4-9c1f53f0f6e4',
      accessmode: 0,
    },
    {
      ...common,
      key: 'release-pipeline',
      fullname: '# Release pipeline',
      lastname: 'Release pipeline',
      firstname: '#',
      applicationid: applicationIds.releasePipeline,
      domainname: `releasepipeline_${applicationIds.releasePipeline}@${host}`,
      internalemailaddress: `releasepipeline@${host}`,
      azureactivedirectoryobjectid: 'b8a9a3f6-0a83-4f6d-8f0a-2b6b7b1c5d77',
      accessmode: 4,
    },
    {
      ...common,
      key: 'routing-reader',
      fullname: '# Routing reader',
      lastname: 'Routing reader',
      firstname: '#',
      applicationid: applicationIds.routingReader,
      domainname: `routingreader_${applicationIds.routingReader}@${host}`,
      internalemailaddress: `routingreader@${host}`,
      azureactivedirectoryobjectid: '6c2a74f5-90de-4c55-b4a1-77f2f0b5e8a9',
      accessmode: 4,
    },
  ];
}

function publisher(key: string, uniqueName: string, name: string, prefix: string): SeedRow {
  return {
    key,
    uniquename: uniqueName,
    friendlyname: name,
    customizationprefix: prefix,
    customizationoptionvalueprefix: prefix === 'msdyn' ? 19235 : 10000,
  };
}

const solutions: readonly SeedRow[] = [
  {
    key: 'active',
    solutionid: activeSolutionId,
    uniquename: 'Active',
    friendlyname: 'Active Solution',
    version: '1.0',
    publisherid: 'publisher#default',
    isvisible: false,
    ismanaged: false,
  },
  {
    key: 'default',
    solutionid: 'fd140aaf-4df4-11dd-bd17-0019b9312238',
    uniquename: 'Default',
    friendlyname: 'Default Solution',
    version: '1.0',
    publisherid: 'publisher#default',
    isvisible: true,
    ismanaged: false,
  },
  installed('msdynce_ServiceApp', 'Customer Service', '9.0.25093.10012'),
  installed('msdyn_UnifiedRouting', 'Unified Routing', '9.2.25093.1004'),
  installed('OmnichannelBase', 'Omnichannel Base', '9.2.25093.1004'),
  installed('OmnichannelVoice', 'Omnichannel Voice', '9.2.25093.1004'),
  installed('OmnichannelLiveChat', 'Omnichannel Live Chat', '9.2.25093.1004'),
  installed('ChannelAPIIntegrationFramework', 'Channel Integration Framework', '9.2.25081.2'),
];

function installed(uniqueName: string, name: string, version: string): SeedRow {
  return {
    key: uniqueName,
    uniquename: uniqueName,
    friendlyname: name,
    version,
    publisherid: 'publisher#microsoft',
    isvisible: true,
    ismanaged: true,
    installedon: '2025-02-11T06:40:12Z',
  };
}

const defaultQueues: readonly SeedRow[] = [
  {
    key: 'default-entity',
    queueid: defaultEntityQueueId,
    name: 'Default entity queue',
    ...defaultQueue(192350001),
  },
  { key: 'default-messaging', name: 'Default messaging queue', ...defaultQueue(192350000) },
  { key: 'default-voice', name: 'Default voice queue', ...defaultQueue(192350002) },
  {
    key: 'administrator',
    name: '<Sam Okafor>',
    description: 'Default queue for Sam Okafor',
    queueviewtype: 1,
    msdyn_isomnichannelqueue: false,
    msdyn_priority: 1,
  },
];

function defaultQueue(queueType: number): SeedRow {
  return {
    description: 'Work that no rule sends elsewhere',
    queueviewtype: 0,
    msdyn_queuetype: queueType,
    msdyn_isomnichannelqueue: true,
    msdyn_isdefaultqueue: true,
    msdyn_priority: 1000,
    msdyn_assignmentstrategy: 192350000,
  };
}

/** Shipped with the product, with the same ids everywhere. */
const languages: readonly SeedRow[] = [
  language('en-US', 1033, 'English - United States', '6e4d1a7b-93cf-4a1d-b0d5-4f6a8a52e901'),
  language('en-GB', 2057, 'English - United Kingdom', '0f7c2b85-6a14-4dbe-9f1c-7b2d90c3f8a4'),
  language('de-DE', 1031, 'German - Germany', 'c5b9e6f2-18d7-4c60-a3f9-2d1e7a6b4c05'),
  language('fr-FR', 1036, 'French - France', '9a3e5d70-c2b8-47f6-8e14-b6f0c9d21e73'),
  language('es-ES', 3082, 'Spanish - Spain', '47d8f1c6-0e5a-4b93-95c7-e83a1f6d2b90'),
  language('it-IT', 1040, 'Italian - Italy', 'd20b7e94-5f3c-4e81-b7a6-0c9f4d8e1a52'),
  language('nl-NL', 1043, 'Dutch - Netherlands', '3b6f9c18-7d42-4a5e-8c0b-f1e7a25d9463'),
  language('pt-BR', 1046, 'Portuguese - Brazil', 'e19c4a57-b06d-4f38-92ea-5d8b7c3f6a01'),
  language('ja-JP', 1041, 'Japanese - Japan', '85f2d6b3-4c9e-4017-a6d8-39e0b7f1c5d4'),
];

function language(code: string, localeId: number, name: string, id: string): SeedRow {
  return {
    key: code,
    msdyn_oclanguageid: id,
    msdyn_localecode: code,
    msdyn_localeid: localeId,
    msdyn_languagename: name,
    ismanaged: true,
  };
}
