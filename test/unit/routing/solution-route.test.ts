import assert from 'node:assert/strict';
import { channels, type Channel } from '#shared/routing/area.ts';
import { areas, areasFor } from '#shared/routing/catalogue.ts';
import { anchorColumns, isCarriedBySolution } from '#shared/routing/solution-route.ts';

/** Tables of a channel's own areas that move as data where solutions carry the rest. */
function dataOf(channel: Channel): readonly string[] {
  const own = areas.filter((area) => area.channels.length === 1 && area.channels[0] === channel);
  const tables = own.flatMap((area) =>
    area.steps.flatMap((step) =>
      step.tables.flatMap(({ table }) => (isCarriedBySolution(area, table) ? [] : [table])),
    ),
  );
  return [...new Set(tables)].sort();
}

const messages = ['msdyn_oclanguage', 'msdyn_oclocalizationdata', 'msdyn_ocsystemmessage'];
const replies = ['msdyn_cannedmessage', 'msdyn_octag'];

/** What the page on solutions leaves to the Configuration Migration tool, channel by channel. */
const rest: Readonly<Record<Channel, readonly string[]>> = {
  record: [],
  // Provisioning states are each environment's own record of what it provisioned; no solution holds them.
  voice: [...messages, 'msdyn_ocprovisioningstate'],
  'live-chat': [
    ...replies,
    ...messages,
    // Of the widget's tables these are in none of the page's lists.
    'msdyn_chatwidgetlanguage',
    'msdyn_livechatwidgetlocation',
    'msdyn_localizedsurveyquestion',
  ],
  sms: [...replies, ...messages],
  whatsapp: [...replies, ...messages],
  custom: [
    ...replies,
    ...messages,
    'msdyn_ocbotchannelregistration',
    'msdyn_occustommessagingchannel',
  ],
  facebook: [
    ...replies,
    ...messages,
    'msdyn_ocbotchannelregistration',
    'msdyn_ocfbapplication',
    'msdyn_ocfbpage',
  ],
  line: [...replies, ...messages, 'msdyn_ocbotchannelregistration', 'msdyn_oclinechannelconfig'],
  teams: [...replies, ...messages, 'msdyn_ocbotchannelregistration', 'msdyn_octeamschannelconfig'],
  google: [
    ...replies,
    ...messages,
    'msdyn_ocbotchannelregistration',
    'msdyn_ocgooglebusinessmessagesagentaccount',
    'msdyn_ocgooglebusinessmessagespartneraccount',
  ],
  apple: [...replies, ...messages, 'msdyn_authenticationsettings'],
  wechat: [...replies, ...messages],
};

describe('what solutions carry', () => {
  for (const channel of channels)
    it(`leaves to data what the page leaves to the tool: ${channel}`, () => {
      assert.deepEqual(dataOf(channel), [...rest[channel]].sort());
    });

  it('is nothing of skills, capacity profiles and queues', () => {
    for (const area of areasFor([]).filter((each) => each.channels.length === 0))
      for (const { tables } of area.steps)
        for (const { table } of tables)
          assert.equal(isCarriedBySolution(area, table), false, `${area.area} ${table}`);
  });

  it('keeps of a row that links lead to what the page keeps', () => {
    assert.deepEqual(anchorColumns, {
      msdyn_liveworkstream: [
        'msdyn_streamsource',
        'msdyn_mode',
        'msdyn_name',
        'msdyn_liveworkstreamid',
      ],
    });
  });
});
