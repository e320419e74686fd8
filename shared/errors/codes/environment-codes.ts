import type { CodeEntry } from './code-entry.ts';

/** 12xx: what validation, schema generation and export find in environments. */
export const environmentCodes = {
  URM1201: {
    title: 'A table is missing in the environment',
    cause:
      'The solution that brings the table is not installed. For unified routing it means that the channel is not provisioned, or that the environment runs an older version.',
    remedy:
      'Provision the channel or install the solution, or leave the channel out with --channels.',
    seenAs: [
      'Some required services need to be installed before unified routing can be turned on. Please contact Microsoft Support.',
    ],
  },
  URM1202: {
    title: 'A column is missing in the environment',
    cause:
      'The column is a customization that was not moved yet, or belongs to another version of the solution.',
    remedy: 'Import the solution that holds the column, or take the column out of the schema.',
    seenAs: [
      'Schema Validation failed for Missing fields on Entities, See log for missing fields',
      'Missing Fields on Entity …',
    ],
  },
  URM1203: {
    title: 'A column has another type in the environment',
    cause: 'Source and target, or schema and environment, define the column differently.',
    remedy:
      'Make the definitions equal: a column cannot change its type, so it must be made anew in one of them.',
  },
  URM1204: {
    title: 'A choice value is missing in the target',
    cause:
      'Rows use a value that the choice of the target does not define, mostly because a customized choice was not moved.',
    remedy: 'Import the solution that holds the choice, or add the value.',
  },
  URM1205: {
    title: 'A many-to-many relationship is missing',
    cause: 'The relationship is a customization that was not moved, or belongs to another version.',
    remedy: 'Import the solution that holds the relationship, or take it out of the schema.',
  },
  URM1206: {
    title: 'A privilege is missing or does not reach far enough',
    cause:
      'The user of the service connection has no role with the privilege, or only for rows of its own business unit. Exports with a shallow read privilege hold fewer rows without saying so.',
    remedy: 'Give the application user a role with the named privilege at the named depth.',
  },
  URM1207: {
    title: 'A system decision contract is missing in the target',
    cause:
      'Contracts come with the solutions and are recognized by their unique name. The target has another version, or unified routing is not provisioned.',
    remedy: 'Provision unified routing, or bring the target to the version of the source.',
    seenAs: [
      'Before unified routing can be turned on, Omnichannel needs to be updated. Please contact Microsoft Support.',
    ],
  },
  URM1208: {
    title: 'Source and target are the same organization',
    cause:
      'Both addresses lead to the same organization, or the package was exported from the target.',
    remedy: 'Check the service connections and environment URLs.',
  },
  URM1209: {
    title: 'Source and target run different versions',
    cause:
      'The platform or a solution has another version in the target. Configuration moves safely between equal versions only.',
    remedy: 'Update the older environment before the import.',
  },
  URM1210: {
    title: 'A rule compares with a row that is not there',
    cause:
      'A condition of a ruleset compares a lookup with a certain row, and that row is in neither the package nor the target under the same id.',
    remedy:
      'Bring the row to the target with the same id, or change the rule. The rule would never match.',
  },
  URM1211: {
    title: 'A rule uses a table or column that is not there',
    cause: 'A ruleset names a customization that was not moved yet.',
    remedy: 'Import the solution that holds the table or column before the rules.',
  },
  URM1212: {
    title: 'The references inside a ruleset are not known',
    cause:
      'The definition is JSON of a machine-learning ruleset, or does not parse. Ids inside it cannot be found, so they stay as they are.',
    remedy: 'Check the ruleset in the target by hand.',
  },
  URM1213: {
    title: 'Voice queues need the voice channel',
    cause:
      'The queue type Voice is brought by the voice channel; the target does not know the type.',
    remedy: 'Provision the voice channel in the target, or leave voice out with --channels.',
  },
  URM1214: {
    title: 'A template is missing in the target',
    cause:
      'A workstream names a session or notification template by its unique name. Templates travel in solutions, and the target has none of that name.',
    remedy: 'Import the solution that holds the template before the workstreams.',
  },
  URM1215: {
    title: 'Something that setup installs is missing in the target',
    cause:
      'Languages of the channels come with the product; administrators may not make them. The target has fewer, because a channel is not provisioned or is older.',
    remedy: 'Provision or update the channels of the target.',
  },
  URM1216: {
    title: 'The target has none of what belongs to an environment',
    cause:
      'Phone numbers, music and bots do not move. The configuration uses one, and the target has none of its own to take its place.',
    remedy: 'Make it in the target, then assign it after the import, by hand or by map file.',
  },
  URM1217: {
    title: 'A relationship that rules or variables use is missing',
    cause:
      'A rule reaches a column through a lookup, or a context variable names a relationship, that was not moved yet.',
    remedy: 'Import the solution that holds the relationship before the rules.',
  },
  URM1218: {
    title: 'Something of the source is left to hands',
    cause:
      'The procedures call it out of scope: it belongs to people, to accounts, or to one environment. The source has some, so that the target will want its own.',
    remedy: 'Do it in the target, before or after the import as the message says.',
  },
  URM1220: {
    title: 'The values of a secret column were withheld',
    cause:
      'Keys, passwords and tokens never leave the source. The column stays in the schema, its values do not come along.',
    remedy: 'Set the value in the target by hand.',
  },
  URM1221: {
    title: 'The values of an environment-bound column were withheld',
    cause:
      'The value is true only in the source: an organization id, a callback address, something the target makes itself.',
    remedy: 'Nothing; the target has or makes its own value.',
  },
  URM1222: {
    title: 'Custom columns were included',
    cause: 'The environment has columns of its own on a table of the catalogue.',
    remedy:
      'Nothing, if the target has them too; validation says so. Take them out of the generated schema otherwise.',
  },
  URM1223: {
    title: 'The required lookups do not allow any order',
    cause:
      'Tables need each other through required lookups, in a circle or across steps, so that whichever comes first lacks the other.',
    remedy: 'Make one of the lookups optional, or move the tables in one step with two passes.',
  },
  URM1224: {
    title: 'A filter cannot be used',
    cause:
      'The FetchXML of the schema is not well-formed, is for another table, or was refused by the service.',
    remedy: 'Correct the filter of the table named in the message.',
  },
  URM1225: {
    title: 'A secured column reads as empty',
    cause:
      'Column security protects the column; without a profile the service returns nothing and no error.',
    remedy:
      'Give the user a column security profile with read in the source and update in the target, or set the value by hand.',
  },
  URM1226: {
    title: 'A row refers to one that is not in the package',
    cause:
      'The scope or a filter leaves the other row out. It must be in the target already, under the same id.',
    remedy: 'Widen the scope, or make sure that the target has the row.',
  },
  URM1227: {
    title: 'The schema cannot be used',
    cause: 'The folder holds no data_schema.xml, or the schema names no table.',
    remedy: 'Give a data_schema.xml, or the folder that generate-schema wrote.',
  },
  URM1228: {
    title: 'The output path is taken',
    cause: 'There is something else at the path, and it is not replaced.',
    remedy: 'Name another path, or remove what is there.',
  },
  URM1229: {
    title: 'Nothing of that name is in the environment',
    cause: 'A queue, workstream or record type that limits the scope was not found by name or id.',
    remedy: 'Check the spelling; names are those of the source environment.',
  },
  URM1230: {
    title: 'The export holds no rows',
    cause: 'No row matches the channels, the scope or the filters, or the user may not see any.',
    remedy: 'Check the channels and the privileges of the user (validate lists them).',
  },
  URM1231: {
    title: 'A link of an exported row leads to a row that does not move',
    cause: 'The other row is outside of the channels or workstreams that were asked for.',
    remedy: 'Nothing, unless the other row should move too: then widen the scope.',
  },
  URM1232: {
    title: 'Something the procedure names does not move unless asked for',
    cause: 'It belongs to another way of transport, or to one environment only.',
    remedy: 'Name it with include, or move it as the finding says.',
  },
  URM1233: {
    title: 'Workstreams do not move',
    cause:
      'Routing of workstreams in legacy mode is set up in another way, and some channels, such as Twitter, are retired: no procedure moves them.',
    remedy:
      'Migrate legacy workstreams to the simplified mode in the source first, if they are still in use; set other channels up by hand.',
  },
  URM1236: {
    title: 'A text looks like a secret',
    cause:
      'A text that was exported has the form of a key, a token, a password or a connection string, or stands in a column named like one. It is in the package as it is.',
    remedy:
      'Look at the row. A secret belongs out of the source and replaced, for the package may have been read; then export again.',
  },
  URM1237: {
    title: 'A secured column is left alone',
    cause:
      'The package has a column that the target protects by column security. What is protected there is neither compared nor written, so that it stands in no file.',
    remedy: 'Set the values in the target by hand, or from a variable in the configuration.',
  },
  URM1240: {
    title: 'Tables are left to a solution',
    cause:
      'The configuration says carriedBy: solution. What solutions can carry stays out of the schemas and the package.',
    remedy:
      'Export the rows in a solution and import it between the queues and what refers to the rows.',
  },
  URM1241: {
    title: 'Rows that a solution should carry are in none',
    cause:
      'The package refers to the rows and does not bring them, and no solution of the source has them as components.',
    remedy: 'Add the rows to the solution that is imported before the data, and export again.',
  },
  URM1242: {
    title: 'Components of solutions cannot be read',
    cause: 'The identity may not read which rows are in which solution.',
    remedy: 'Give it Read on solutions, or look in the solution yourself.',
  },
  URM1243: {
    title: 'Something asked for is never exported',
    cause: 'The rows belong to the organization that has them, or tell what happened there.',
    remedy: 'Take the table out of the schema. The finding says what to do instead.',
  },
  URM1244: {
    title: 'Rows of the package are managed in the source',
    cause:
      'They came there with a solution. As data they arrive unmanaged in the target, and what is unmanaged hides later versions of the solution.',
    remedy: 'Import the solution in the target instead, and set carriedBy: solution.',
  },
} as const satisfies Record<`URM12${number}`, CodeEntry>;
