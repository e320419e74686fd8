import type { CodeEntry } from './code-entry.ts';

/** 13xx: planning and identities. */
export const planCodes = {
  URM1301: {
    title: 'The plan file cannot be read',
    cause: 'The file is no plan of this tool, was cut, or was written by a newer version.',
    remedy: 'Give the plan.json that the plan stage wrote, or plan again.',
  },
  URM1302: {
    title: 'The plan is not the one that was approved',
    cause: 'The hash of the plan file differs from what it says or from the hash that was given.',
    remedy: 'Use the file as the plan stage wrote it, or plan and approve again.',
  },
  URM1303: {
    title: 'The plan was made for something else',
    cause: 'The package or the environment is not the one the plan was made with.',
    remedy: 'Give the package and the target of the plan, or plan again.',
  },
  URM1304: {
    title: 'The target is the source',
    cause: 'The package was exported from the environment it is to be applied to.',
    remedy: 'Correct the target, or allow the same environment on purpose.',
  },
  URM1310: {
    title: 'A row matches several rows of the target',
    cause: 'The columns that identify the row are not unique in the target.',
    remedy: 'Remove the duplicates, or name the right row in a map file.',
  },
  URM1311: {
    title: 'A system row is missing in the target',
    cause: 'A row that every environment has of its own is not there, so it cannot be matched.',
    remedy: 'Install or update the solution that brings the row, then plan again.',
  },
  URM1312: {
    title: 'Two rows of the package are one row in the target',
    cause: 'Their identities lead to the same target row.',
    remedy: 'Remove one of them from the package, or separate them in a map file.',
  },
  URM1313: {
    title: 'A lookup leads nowhere in the target',
    cause: 'The row it refers to is neither in the package nor in the target.',
    remedy: 'Bring the referenced row along, create it in the target, or map it.',
  },
  URM1314: {
    title: 'A reference inside a text leads nowhere in the target',
    cause: 'The text names a row by id that is neither in the package nor in the target.',
    remedy: 'Bring the referenced row along, create it in the target, or map it.',
  },
  URM1315: {
    title: 'The target cannot hold a value',
    cause: 'A choice value, a length or a range of the package is not allowed by the target.',
    remedy: 'Bring the target column up to date with the source, or correct the value.',
  },
  URM1316: {
    title: 'A column is missing in the target',
    cause: 'The package holds values of a column that the target table does not have.',
    remedy: 'Import the solution that has the column, or leave it out of the package.',
  },
  URM1317: {
    title: 'A table is missing in the target',
    cause: 'The package holds rows of a table that the target does not have.',
    remedy: 'Install the solution that has the table, then plan again.',
  },
  URM1318: {
    title: 'A value that is fixed at creation differs',
    cause: 'The service accepts the column only when the row is created.',
    remedy: 'Delete the target row so that it is created anew, or accept its value in the source.',
    seenAs: ['Queues were created and updated in one import'],
  },
  URM1319: {
    title: 'A managed row differs',
    cause: 'The row came to the target with a managed solution; updating it adds a layer over it.',
    remedy: 'Bring the change with the solution, or take the row out of the package.',
    seenAs: ['An active layer over a managed row keeps updates of its solution away'],
  },
  URM1320: {
    title: 'A row needs another that will not be there',
    cause: 'The row it refers to is itself blocked.',
    remedy: 'Resolve the finding of the row it needs.',
  },
  URM1321: {
    title: 'A required value is missing',
    cause: 'The target does not create rows of the table without it.',
    remedy: 'Add the column to the schema and export again.',
  },
  URM1322: {
    title: 'Required lookups form a circle',
    cause: 'None of the rows can be created before the others.',
    remedy: 'Make one of the lookups optional in the target, or create one row by hand.',
  },
  URM1323: {
    title: 'Steps of the package contradict each other',
    cause: 'The same row has different values in two steps; the later step wins.',
    remedy: 'Export the steps together, or remove the row from one of them.',
  },
  URM1324: {
    title: 'A text with references cannot be read',
    cause: 'The text is not in the form the references are known in; it moves unchanged.',
    remedy: 'Open the row in the source and save it again, or check it by hand after the import.',
  },
  URM1325: {
    title: 'A table of the target could not be read',
    cause: 'The environment refused to read the table or answered with an error.',
    remedy: 'Give the signed-in identity the privilege to read it, then plan again.',
  },
  URM1326: {
    title: 'A column cannot be changed in the target',
    cause: 'The environment lets nobody update the column.',
    remedy: 'Set the value in the target by the means the product offers for it.',
  },
  URM1327: {
    title: 'A link cannot be made',
    cause: 'The target lacks the relationship or one of the two rows.',
    remedy: 'Bring the missing part to the target, then plan again.',
  },
  URM1328: {
    title: 'The map leaves a row undecided',
    cause: 'The map file holds a stub for the row.',
    remedy: 'Replace the stub by the row of the target, or by drop.',
  },
  URM1329: {
    title: 'A row has no id',
    cause: 'The file gives a row without an id of its own.',
    remedy: 'Export the data again with a current tool.',
  },
  URM1330: {
    title: 'Something stays to be done by hand',
    cause: 'The value or setting is not moved between environments.',
    remedy: 'Do it in the target after the import.',
  },
  URM1331: {
    title: 'Custom server logic is bypassed',
    cause: 'The schema of a table says disableplugins, as files of other tools may do.',
    remedy: 'Export with disableplugins="false", unless this is what you want.',
  },
  URM1332: {
    title: 'Lookups lead to rows that are nowhere',
    cause: 'A Configuration Migration file names rows that are neither in it nor in the target.',
    remedy: 'Bring the rows along, create them in the target, or map them, and import again.',
  },
  URM1340: {
    title: 'A row would be created a second time',
    cause:
      'The target has a row of the same name, made by hand or by another tool, with another id.',
    remedy: 'Have a map file proposed, review it, and plan with it; or rename one of the rows.',
  },
  URM1341: {
    title: 'A value of the configuration cannot be used',
    cause: 'A setting names a row, a column or a variable that is not there.',
    remedy: 'Correct the configuration file.',
  },
  URM1342: {
    title: 'A difference is ignored',
    cause: 'A rule of the configuration says to leave it.',
    remedy: 'Remove the rule to have the difference written.',
  },
  URM1343: {
    title: 'A rule to ignore has run out',
    cause: 'The date after "until" has passed; the rule no longer applies.',
    remedy: 'Decide anew: renew the date, or remove the rule.',
  },
  URM1344: {
    title: 'The target keeps its own value',
    cause: 'The configuration lists the column under keep.',
    remedy: 'Remove the entry to have the value written.',
  },
  URM1345: {
    title: 'A secret is written by the import',
    cause:
      'The configuration sets it from a variable; it is never compared and cannot be rolled back.',
    remedy: 'Nothing has to be done.',
  },
  URM1346: {
    title: 'More rows would be deleted than allowed',
    cause: 'The configuration sets the greatest number of deletes, or none is set.',
    remedy: 'Look at the deletes, then raise delete.max.',
  },
  URM1347: {
    title: 'A row is not deleted',
    cause: 'It is managed, was not created by this tool, or changed hands.',
    remedy: 'Delete it by hand if it is not wanted.',
  },
  URM1348: {
    title: 'A solution carries the row',
    cause: 'The configuration says that solutions move what is managed.',
    remedy: 'Import the solution that holds the row.',
  },
  URM1349: {
    title: 'The importer lacks a privilege',
    cause: 'The identity that will import may not do what the plan needs.',
    remedy: 'Give it the privileges, then plan again.',
  },
  URM1350: {
    title: 'Live conversations are affected',
    cause: 'The plan changes rows that a workstream of the target leads to.',
    remedy: 'Apply the plan when little is going on, or tell those who answer.',
  },
  URM1351: {
    title: 'A solution has to be imported first',
    cause: 'Rows of the package refer to rows that the solution carries and the target lacks.',
    remedy: 'Import the solution, then plan again.',
  },
  URM1352: {
    title: 'The target has an older version of a solution',
    cause:
      'The package was exported beside a newer version, and rows may refer to what is new in it.',
    remedy: 'Import the newer version of the solution, then plan again.',
  },
  URM1353: {
    title: 'A record type is made',
    cause:
      'The target does not have the record type of the package (the first case of the procedure).',
    remedy: 'Enable the table for unified routing in the target; definitions need not be removed.',
  },
  URM1354: {
    title: 'Rules of a record type change',
    cause: 'The target has the record type with the same id (the second case of the procedure).',
    remedy: 'Apply the plan when little is going on; definitions need not be removed.',
  },
  URM1355: {
    title: 'A record type has another id in the target',
    cause: 'It was set up there by hand (the third case of the procedure, which deletes it first).',
    remedy: 'Nothing has to be deleted: it is recognized by its table and led to the new rules.',
    seenAs: ['The record type is in the target already, with another id'],
  },
  URM1356: {
    title: 'Slices come in their order',
    cause: 'Rows that earlier slices of the plan create are not in the target yet.',
    remedy: 'Import the slice first/N, then all numbered ones in any order, then last/N.',
  },
} as const satisfies Record<`URM13${number}`, CodeEntry>;
