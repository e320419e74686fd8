/**
 * Decision contracts that the solutions bring along. Every environment has its own, with other ids:
 * they are recognized by `msdyn_uniquename`, never created and never updated.
 *
 * Microsoft's procedure has their ids replaced by hand in data.xml, one request per name:
 * learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-records
 */
export const systemContracts: ReadonlySet<string> = new Set([
  // queues, step 1 and step 2
  'msdyn_assignmentoutput',
  'msdyn_selectionruleoutput',
  // queues with overflow
  'msdyn_queueoverflowrulesetinput',
  'msdyn_queueoverflowrulesetoutput',
  // intake rules and record workstreams
  'msdyn_baseoutputcontractmasterentityroutingconfiguration',
  'msdyn_baseoutputcontractmasterentityroutingconfigurationunifiedrouting',
  // record workstreams
  'msdyn_demandqueueidentificationoutput',
]);

/**
 * Exists in some versions only: the page says to go on where the request finds none. Nothing is missing
 * in a target without it, unless a ruleset refers to it.
 */
export const optionalSystemContracts: ReadonlySet<string> = new Set([
  'msdyn_baseoutputcontractmasterentityroutingconfigurationunifiedrouting',
]);
