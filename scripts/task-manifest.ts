import { inputName, optionGroups, type StageOption } from '#shared/stages/stage-options.ts';
import {
  connectionInput,
  connectionTypeInput,
  connectionTypes,
} from '#shared/stages/connection-types.ts';
import type { StageConnection, StageEntry } from '#shared/stages/stage-entry.ts';
import { additionalHelp } from '#shared/stages/stage-entry-parts.ts';

/** An input of a task's form. */
export interface TaskInput {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly helpMarkDown: string;
  readonly required: boolean;
  readonly [more: string]: unknown;
}

/** task.json, as far as its texts are looked at. */
export interface TaskManifest {
  readonly friendlyName: string;
  readonly description: string;
  readonly helpMarkDown: string;
  readonly instanceNameFormat: string;
  readonly groups: readonly { readonly name: string; readonly displayName: string }[];
  readonly inputs: readonly TaskInput[];
}

/** task.json of a stage, as the agent and the task's form read it. */
export function taskManifest(entry: StageEntry, version: string): TaskManifest {
  const [, minor, patch] = version.split('.').map(Number);
  const manifest = {
    $schema:
      'https://raw.githubusercontent.com/Microsoft/azure-pipelines-task-lib/master/tasks.schema.json',
    id: entry.taskId,
    name: entry.task,
    friendlyName: entry.title,
    description: entry.summary,
    helpMarkDown: `Reads ${entry.reads}; writes ${entry.writes}.`,
    author: 'Contact Centre Tools',
    category: 'Deploy',
    visibility: ['Build', 'Release'],
    runsOn: ['Agent', 'DeploymentGroup'],
    demands: [],
    minimumAgentVersion: '4.248.0',
    version: { Major: entry.major, Minor: minor, Patch: patch },
    instanceNameFormat: entry.instanceName,
    groups: Object.entries(optionGroups).map(([name, displayName]) => ({
      name,
      displayName,
      isExpanded: name === 'scope',
    })),
    inputs: [
      {
        name: connectionTypeInput,
        type: 'radio',
        label: 'Type of service connection',
        required: false,
        defaultValue: connectionTypes[0].value,
        options: Object.fromEntries(connectionTypes.map(({ value, label }) => [value, label])),
        helpMarkDown: connectionTypes.map(({ help }) => help).join(' '),
      },
      ...entry.connections.flatMap(connectionInputs),
      ...entry.options.filter((option) => option.only !== 'cli').map(optionInput),
      {
        name: 'managedIdentityClientId',
        type: 'string',
        label: 'Client id of the managed identity',
        required: false,
        groupName: 'advanced',
        helpMarkDown:
          'Only for a service connection that signs in by a user-assigned managed identity: such a connection cannot hold the id itself.',
      },
    ],
    outputVariables: entry.outputs.map(({ name, help }) => ({ name, description: help })),
    execution: { Node20_1: { target: 'index.js' }, Node24: { target: 'index.js' } },
    restrictions: {
      settableVariables: { allowed: entry.outputs.map(({ name }) => name) },
    },
  };
  return manifest;
}

function connectionInputs(connection: StageConnection): TaskInput[] {
  return [
    ...connectionTypes.map((type) => ({
      name: connectionInput(connection, type),
      type: `connectedService:${type.type}`,
      label: `${connection.label}: service connection`,
      required: connection.required,
      visibleRule: `${connectionTypeInput} = ${type.value}`,
      helpMarkDown: `${connection.help} ${type.help}`,
      // As the Power Platform tasks name it, so that steps can be copied over.
      ...(connectionInput(connection, type) === 'serviceConnection'
        ? { aliases: ['PowerPlatformSPN'] }
        : {}),
    })),
    {
      name: connection.environmentUrl,
      type: 'string',
      label: `${connection.label}: URL`,
      required: false,
      helpMarkDown:
        connection.environmentUrl === 'environmentUrl'
          ? 'Like https://contoso.crm4.dynamics.com. Absent: the variable BuildTools.EnvironmentUrl, else the URL of the service connection.'
          : 'Like https://contoso.crm4.dynamics.com. Absent: the URL of the service connection.',
    },
    ...(connection.additional === undefined ? [] : additionalInputs(connection.additional)),
  ];
}

/** Several connections in one input, as the tasks that sign in to package feeds take them. */
function additionalInputs(additional: string): TaskInput[] {
  return connectionTypes.map((type) => ({
    name: connectionInput({ serviceConnection: additional }, type),
    type: `connectedService:${type.type}`,
    label: 'Additional service connections',
    required: false,
    groupName: 'advanced',
    visibleRule: `${connectionTypeInput} = ${type.value}`,
    helpMarkDown: additionalHelp,
    properties: { EditableOptions: 'False', MultiSelectFlatList: 'True' },
  }));
}

function optionInput(option: StageOption): TaskInput {
  return {
    name: inputName(option),
    type: inputTypes[option.kind],
    label: option.label,
    required: option.required ?? false,
    helpMarkDown: option.help,
    ...(option.kind === 'switch' ? { defaultValue: false } : {}),
    ...(option.default === undefined ? {} : { defaultValue: option.default }),
    ...(option.choices === undefined
      ? {}
      : {
          options: Object.fromEntries(option.choices.map(({ value, label }) => [value, label])),
        }),
    ...(option.group === undefined ? {} : { groupName: option.group }),
    ...(option.visibleRule === undefined ? {} : { visibleRule: option.visibleRule }),
  };
}

const inputTypes = {
  text: 'string',
  list: 'string',
  path: 'filePath',
  switch: 'boolean',
  choice: 'pickList',
} as const satisfies Record<StageOption['kind'], string>;
