/**
 * Ids that the documentation's own filters name. The seed gives them to rows of the same kind, so that
 * each of those filters selects something: learn.microsoft.com/…/migrate-config-data-for-records and
 * the pages of the channels.
 */
export const documentedIds: ReadonlyMap<string, string> = new Map([
  ['queue#cases-billing', 'a5ed5caa-3a54-ec11-8f8f-000d3a1cbb9e'],
  ['queue#cases-repairs', 'b2862b31-3b54-ec11-8f8f-000d3a1cbb9e'],
  ['msdyn_capacityprofile#chat', 'f57cfe3c-14bd-d53e-f423-a1e7f9749dfb'],
  ['msdyn_capacityprofile#messages', 'd0b8abfb-4a9f-0b1f-6ff4-8003e29a623c'],
  ['msdyn_overflowactionconfig#to-cases-billing', '6d49f66f-68f3-ed11-8848-00224805c003'],
  ['msdyn_liveworkstream#cases', '759255c7-7ac8-98e0-7e3e-59a7f0312efc'],
  ['msdyn_liveworkstream#tasks', 'e6246229-33ac-5a9e-2ffe-51668ad44215'],
  ['msdyn_liveworkstream#web-chat', 'd3a1f09d-51a0-a6b7-266d-58e1bdb97b53'],
  ['msdyn_liveworkstream#shop-chat', 'f9e18e67-d1a8-ed11-aad1-00224805c057'],
  ['msdyn_liveworkstream#dealer-chat', 'ebee52bd-2efd-99c5-c658-f13e7c7d3f8c'],
  ['msdyn_liveworkstream#main-line', '3fd4b82b-d5a1-f9e5-4034-52021c0e3442'],
  ['msdyn_liveworkstream#repair-line', '759255c7-7ac8-98e0-7e3e-59a7f0312abc'],
  ['msdyn_liveworkstream#dealer-line', 'e6246229-33ac-5a9e-2ffe-51668ad44098'],
  ['msdyn_liveworkstream#sms', '87bf4384-a02f-4802-8be7-1d6884a7e73f'],
  ['msdyn_liveworkstream#whatsapp', '061957e3-48aa-a77f-aebb-39f29a5f293c'],
  ['msdyn_liveworkstream#app-messages', 'cc97a7b0-9ed9-89f2-0277-8471068b6a3e'],
  ['msdyn_livechatconfig#web', '7ac4292b-5de3-ed11-a7c6-00224805c6d4'],
  ['msdyn_cannedmessage#greeting', 'bffa29ed-6ce3-ed11-a7c7-00224805c057'],
  ['msdyn_cannedmessage#sms-opening', '1032a6f2-5c36-ee11-bdf4-00224805c6d4'],
  ['msdyn_octag#greetings', 'c4fa29ed-6ce3-ed11-a7c7-00224805c057'],
]);
