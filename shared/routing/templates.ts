import type { Area, AreaTable } from './area.ts';
import type { TableRules } from '../model/rules.ts';
import { link, lookup } from './belonging.ts';
import { allOf, fetchText, where } from './fetch-filter.ts';

/** Rows that no managed solution holds: those of solutions are updated with them. */
function unmanaged(table: string): NonNullable<AreaTable['filter']> {
  return () =>
    fetchText(table, {}, allOf(where({ column: 'ismanaged', operator: 'eq', values: ['0'] })));
}

const byUniqueName: Partial<TableRules> = {
  identities: [{ by: 'unique-name', column: 'msdyn_uniquename' }, { by: 'id' }],
};

const why =
  'Session and notification templates were asked for; those that no solution manages move.';

/**
 * Templates that workstreams name by their unique name. Solutions are the way Microsoft names for
 * them since 2024; its older pages list them for the Configuration Migration tool. Macros of agent
 * scripts are processes, which only solutions carry.
 */
export const templates: Area = {
  area: 'templates',
  title: 'Session and notification templates',
  channels: [],
  includedBy: 'templates',
  source:
    'learn.microsoft.com/dynamics365/customer-service/administer/migrate-record-routing-config-using-solutions',
  steps: [
    {
      step: '00-templates',
      title: 'Application tabs, sessions, notifications and agent scripts',
      tables: [
        {
          table: 'msdyn_productivityagentscript',
          why,
          columns: [
            'msdyn_description',
            'msdyn_language',
            'msdyn_name',
            'msdyn_productivityagentscriptid',
            'msdyn_uniquename',
            'statecode',
            'statuscode',
          ],
          filter: unmanaged('msdyn_productivityagentscript'),
        },
        {
          table: 'msdyn_productivityagentscriptstep',
          why,
          belongsTo: [lookup('msdyn_agentscriptid')],
          columns: [
            'msdyn_actiontype',
            'msdyn_agentscriptid',
            'msdyn_description',
            'msdyn_name',
            'msdyn_order',
            'msdyn_productivityagentscriptstepid',
            'msdyn_routeactionid',
            'msdyn_textinstruction',
            'msdyn_uniquename',
            'statecode',
            'statuscode',
          ],
          filter: unmanaged('msdyn_productivityagentscriptstep'),
        },
        {
          table: 'msdyn_applicationtabtemplate',
          why,
          belongsTo: [link('msdyn_sessiontemplate_applicationtab')],
          columns: [
            'msdyn_applicationtabtemplateid',
            'msdyn_description',
            'msdyn_name',
            'msdyn_pagetype',
            'msdyn_pinned',
            'msdyn_templateparameters',
            'msdyn_title',
            'msdyn_uniquename',
            'statecode',
            'statuscode',
          ],
          filter: unmanaged('msdyn_applicationtabtemplate'),
        },
        {
          table: 'msdyn_notificationfield',
          why,
          belongsTo: [link('msdyn_notificationtemplate_notificationfield')],
          columns: [
            'msdyn_name',
            'msdyn_notificationfieldid',
            'msdyn_order',
            'msdyn_title',
            'msdyn_uniquename',
            'msdyn_value',
            'statecode',
            'statuscode',
          ],
          filter: unmanaged('msdyn_notificationfield'),
        },
        {
          table: 'msdyn_notificationtemplate',
          why,
          columns: [
            'msdyn_acceptbuttontext',
            'msdyn_autoacceptnotification',
            'msdyn_description',
            'msdyn_desktopnotificationmode',
            'msdyn_icon',
            'msdyn_name',
            'msdyn_notificationtemplateid',
            'msdyn_rejectbuttontext',
            'msdyn_showrejectbutton',
            'msdyn_showtimeout',
            'msdyn_theme',
            'msdyn_timeout',
            'msdyn_title',
            'msdyn_uniquename',
            'statecode',
            'statuscode',
          ],
          optionalColumns: ['msdyn_autopopupsession'],
          relationships: ['msdyn_notificationtemplate_notificationfield'],
          filter: unmanaged('msdyn_notificationtemplate'),
        },
        {
          table: 'msdyn_sessiontemplate',
          why,
          columns: [
            'msdyn_anchortab',
            'msdyn_description',
            'msdyn_entity',
            'msdyn_name',
            'msdyn_panelstate',
            'msdyn_sessiontemplateid',
            'msdyn_sessiontype',
            'msdyn_title',
            'msdyn_type',
            'msdyn_uniquename',
            'statecode',
            'statuscode',
          ],
          optionalColumns: [
            'msdyn_enablebuildexpression',
            'msdyn_enabletitlesync',
            'msdyn_expressiondata',
          ],
          relationships: ['msdyn_sessiontemplate_applicationtab'],
          filter: unmanaged('msdyn_sessiontemplate'),
        },
        {
          table: 'msdyn_templateparameter',
          why,
          belongsTo: [lookup('msdyn_applicationtabtemplateid')],
          columns: [
            'msdyn_applicationtabtemplateid',
            'msdyn_name',
            'msdyn_templateparameterid',
            'msdyn_uniquename',
            'msdyn_value',
            'statecode',
            'statuscode',
          ],
          filter: unmanaged('msdyn_templateparameter'),
        },
      ],
    },
  ],
  rules: {
    msdyn_productivityagentscript: byUniqueName,
    msdyn_productivityagentscriptstep: byUniqueName,
    msdyn_applicationtabtemplate: byUniqueName,
    msdyn_notificationfield: byUniqueName,
    msdyn_notificationtemplate: byUniqueName,
    msdyn_sessiontemplate: byUniqueName,
    msdyn_templateparameter: byUniqueName,
  },
  manual: ['Move macros and icons of templates by solution: they are no configuration data.'],
};
