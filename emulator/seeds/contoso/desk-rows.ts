import type { SeedRow, SeedTables } from '../seed-rows.ts';

/** What representatives have on their desk: replies, templates, the old phone panel, and themselves. */
export const deskRows: SeedTables = {
  msdyn_octag: [
    { key: 'greetings', msdyn_name: '#greetings' },
    { key: 'repairs', msdyn_name: '#repairs' },
    { key: 'unused', msdyn_name: '#summer-sale' },
  ],
  msdyn_cannedmessage: [
    reply('greeting', 'Greeting', 1033, 'Hello {Customer}, this is {Agent} of Contoso.'),
    reply('greeting-de', 'Begrüßung', 1031, 'Guten Tag {Customer}, hier ist {Agent} von Contoso.'),
    reply('sms-opening', 'Opening (SMS)', 1033, 'Thanks for your message <3 & welcome!'),
    reply(
      'repair-status',
      'Status of a repair',
      1033,
      'Your machine is ready:\n{Slug1}\n"See you soon"',
    ),
    reply('any', 'For every channel', 1033, 'One moment, please.'),
  ],
  msdyn_msdyn_cannedmessage_msdyn_octag: [
    tagged('greeting', 'greetings'),
    tagged('greeting-de', 'greetings'),
    tagged('sms-opening', 'greetings'),
    tagged('repair-status', 'repairs'),
  ],
  msdyn_msdyn_cannedmessage_liveworkstream: [
    offered('greeting', 'web-chat'),
    offered('greeting', 'repair-line'),
    offered('greeting-de', 'shop-chat'),
    offered('sms-opening', 'sms'),
    offered('sms-opening', 'whatsapp'),
    offered('repair-status', 'web-chat'),
    offered('repair-status', 'dealer-line'),
  ],
  msdyn_notificationfield: [
    {
      key: 'customer',
      msdyn_name: 'Customer',
      msdyn_title: 'Customer',
      msdyn_value: '{customerName}',
      msdyn_order: 1,
      msdyn_uniquename: 'contoso_field_customer',
    },
  ],
  msdyn_notificationtemplate: [
    {
      key: 'incoming',
      msdyn_name: 'Contoso: incoming',
      msdyn_title: 'Incoming {channel}',
      msdyn_uniquename: 'contoso_notification_incoming',
      msdyn_showtimeout: true,
      msdyn_timeout: 45,
    },
    {
      key: 'shipped',
      msdyn_name: 'Chat - incoming authenticated - default',
      msdyn_title: 'Chat request',
      msdyn_uniquename: 'msdyn_chat_incoming_auth',
      ismanaged: true,
    },
  ],
  msdyn_notificationtemplate_notificationfield: [
    {
      key: 'incoming customer',
      msdyn_notificationtemplateid: 'msdyn_notificationtemplate#incoming',
      msdyn_notificationfieldid: 'msdyn_notificationfield#customer',
    },
  ],
  msdyn_applicationtabtemplate: [
    {
      key: 'customer',
      msdyn_name: 'Contoso: customer summary',
      msdyn_title: 'Customer',
      msdyn_pagetype: 509180001,
      msdyn_uniquename: 'contoso_tab_customer',
    },
  ],
  msdyn_templateparameter: [
    {
      key: 'entityName',
      msdyn_name: 'entityName',
      msdyn_value: 'contact',
      msdyn_uniquename: 'contoso_parameter_entityname',
      msdyn_applicationtabtemplateid: '#customer',
    },
  ],
  msdyn_sessiontemplate: ['default', 'case', 'voice', 'chat'].map((kind) => ({
    key: kind,
    msdyn_name: `Contoso: ${kind} session`,
    msdyn_title: '{customerName}',
    msdyn_uniquename: `contoso_session_${kind}`,
    msdyn_sessiontype: kind === 'case' ? 1 : 0,
    msdyn_type: kind === 'case',
    msdyn_entity: kind === 'case' ? 'incident' : null,
    msdyn_panelstate: 162450002,
    msdyn_anchortab: '#customer',
  })),
  msdyn_sessiontemplate_applicationtab: [
    {
      key: 'default customer',
      msdyn_sessiontemplateid: 'msdyn_sessiontemplate#default',
      msdyn_applicationtabtemplateid: 'msdyn_applicationtabtemplate#customer',
    },
  ],
  msdyn_omnichannelconfiguration: [
    {
      key: 'configuration',
      msdyn_name: 'Omnichannel configuration',
      msdyn_enable_supervisor_assign: true,
      msdyn_enable_supervisor_forceclose: true,
      msdyn_enable_supervisor_monitor: true,
      msdyn_enable_supervisor_transfer: true,
      msdyn_enable_visitorjourney: true,
      msdyn_isdefaultpersonamapped: true,
      msdyn_ispersonalizationofsoundenabled: false,
      msdyn_ispersonasecurityrolemappingenabled: false,
      msdyn_preferredagentbackupmode: 192350001,
    },
  ],
  msdyn_ciprovider: [
    provider('dialer', 'Northwind Dialer', 1, {
      msdyn_appselector: '["msdyn_CustomerServiceWorkspace"]',
      msdyn_roleselector: '["Omnichannel agent"]',
      msdyn_customparams: '{"region":"eu","theme":"light"}',
      msdyn_enableanalytics: true,
      msdyn_ciproviderapiversion: 0,
    }),
    provider('screen-pop', 'Fabrikam screen pop', 2, {
      msdyn_appselector: '["msdyn_CustomerServiceWorkspace","contoso_RepairDesk"]',
      msdyn_roleselector: '["Omnichannel agent","Unified routing reader"]',
      msdyn_ciproviderapiversion: 1,
    }),
    provider('retired', 'Old softphone', 3, {
      msdyn_appselector: '[]',
      msdyn_roleselector: '[]',
      statecode: 1,
      statuscode: 2,
    }),
  ],
  msdyn_ciprovider_systemuser: ['ann', 'luis'].map((user) => ({
    key: `dialer ${user}`,
    msdyn_ciproviderid: 'msdyn_ciprovider#dialer',
    systemuserid: `systemuser#${user}`,
  })),
  systemuser: [
    person('ann', 'Ann', 'Berger'),
    person('luis', 'Luis', 'Ortega'),
    person('mei', 'Mei', 'Tanaka'),
    {
      ...person('bot', 'Contoso', 'Helper'),
      msdyn_bothandle: 'contoso-helper',
      applicationid: '9b0d2c64-1e7f-4f38-b5a2-4c6d8e0f3172',
    },
  ],
  systemuserroles: ['ann', 'luis', 'mei'].map((user) => ({
    key: `${user} agent`,
    systemuserid: `systemuser#${user}`,
    roleid: 'role#agent',
  })),
  bookableresource: ['ann', 'luis', 'mei'].map((user) => ({
    key: user,
    name: `Resource ${user}`,
    resourcetype: 3,
    userid: `#${user}`,
    msdyn_displayonscheduleboard: false,
  })),
  bookableresourcecharacteristic: [
    skilled('ann', 'english', 'language-C2'),
    skilled('ann', 'billing', 'proficiency-Expert'),
    skilled('luis', 'french', 'language-C1'),
    skilled('mei', 'espresso', 'proficiency-Proficient'),
  ],
  msdyn_bookableresourcecapacityprofile: ['ann', 'luis', 'mei'].map((user) => ({
    key: user,
    msdyn_name: `Calls of ${user}`,
    msdyn_bookableresourceid: `#${user}`,
    msdyn_capacityprofileid: '#voice',
    msdyn_maxunits: 1,
  })),
  queuemembership: [
    member('voice-general', 'ann'),
    member('voice-general', 'luis'),
    member('voice-gold', 'ann'),
    member('chat-support', 'mei'),
  ],
};

function reply(key: string, title: string, locale: number, text: string): SeedRow {
  return { key, msdyn_title: title, msdyn_locale_field: locale, msdyn_message: text };
}

function tagged(message: string, tag: string): SeedRow {
  return {
    key: `${message} ${tag}`,
    msdyn_cannedmessageid: `msdyn_cannedmessage#${message}`,
    msdyn_octagid: `msdyn_octag#${tag}`,
  };
}

function offered(message: string, workstream: string): SeedRow {
  return {
    key: `${message} ${workstream}`,
    msdyn_cannedmessageid: `msdyn_cannedmessage#${message}`,
    msdyn_liveworkstreamid: `msdyn_liveworkstream#${workstream}`,
  };
}

function provider(key: string, name: string, order: number, more: SeedRow): SeedRow {
  return {
    key,
    msdyn_name: name,
    msdyn_label: name,
    msdyn_landingurl: `https://${key}.partner.example/panel`,
    msdyn_trusteddomain: `https://${key}.partner.example`,
    msdyn_clicktoact: true,
    msdyn_sortorder: order,
    ...more,
  };
}

function person(key: string, firstName: string, lastName: string): SeedRow {
  return {
    key,
    firstname: firstName,
    lastname: lastName,
    fullname: `${firstName} ${lastName}`,
    domainname: `${key}@contoso.example`,
    internalemailaddress: `${key}@contoso.example`,
    businessunitid: '#root',
    isdisabled: false,
    accessmode: 0,
  };
}

function skilled(user: string, skill: string, rating: string): SeedRow {
  return {
    key: `${user} ${skill}`,
    resource: `#${user}`,
    characteristic: `#${skill}`,
    ratingvalue: `#${rating}`,
  };
}

function member(queue: string, user: string): SeedRow {
  return { key: `${queue} ${user}`, queueid: `queue#${queue}`, systemuserid: `systemuser#${user}` };
}
