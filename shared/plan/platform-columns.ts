const neverCompared = new Set([
  'createdby',
  'createdbyexternalparty',
  'createdon',
  'createdonbehalfby',
  'importsequencenumber',
  'ismanaged',
  'modifiedby',
  'modifiedbyexternalparty',
  'modifiedon',
  'modifiedonbehalfby',
  'organizationid',
  'overriddencreatedon',
  'overwritetime',
  'owningbusinessunit',
  'owningteam',
  'owninguser',
  'solutionid',
  'componentstate',
  'componentidunique',
  'iscustomizable',
  'timezoneruleversionnumber',
  'utcconversiontimezonecode',
  'versionnumber',
]);

/** Of these, the ones that a new row may bring along. */
const broughtAlong = new Set(['timezoneruleversionnumber', 'utcconversiontimezonecode']);

/** Whether a new row cannot bring the column's value along either. */
export function isKeptByPlatform(column: string): boolean {
  return neverCompared.has(column) && !broughtAlong.has(column);
}

/**
 * Columns that the platform keeps for itself: when, by whom and with which solution a row came
 * about. They differ between environments without meaning anything.
 */
export function isNeverCompared(column: string): boolean {
  return neverCompared.has(column);
}
