import { cell, nameOf, type Row } from '../../model/row.ts';
import { channelAccounts, type ChannelAccount } from '../../routing/channel-accounts.ts';
import type { Check } from '../../report/report.ts';
import { isInactive, lookupId, numberIn, textIn } from '../routing-state/routing-rows.ts';
import { placeOfRow, pageOfRow } from './check-place.ts';
import type { RoutingScene } from './routing-check.ts';

/** Whether the settings of channels are complete: widgets, phone numbers, accounts, provisioning. */
export function channelChecks(scene: RoutingScene): readonly Check[] {
  const { rows } = scene;
  return [
    ...rows.all('msdyn_livechatconfig').map((widget) => widgetCheck(scene, widget)),
    ...rows
      .all('msdyn_ocvoicechannelsetting')
      .filter((setting) => !isInactive(setting))
      .flatMap((setting) => [
        phoneCheck(scene, setting),
        ...rows
          .pointingTo('msdyn_ocprovisioningstate', 'msdyn_voicechannelsettingid', setting.id)
          .map((state) => provisioningCheck(scene, setting, state)),
      ]),
    ...channelAccounts.flatMap((account) =>
      rows
        .all(account.table)
        .filter((row) => !isInactive(row))
        .map((row) => accountCheck(scene, account, row)),
    ),
  ];
}

function widgetCheck({ book, url }: RoutingScene, widget: Row): Check {
  const missing = [
    ['msdyn_widgetappid', 'app id'],
    ['msdyn_widgetsnippet', 'snippet'],
  ].filter(
    ([column = '']) =>
      textIn(widget, column) === undefined && lookupId(widget, column) === undefined,
  );
  const appId = textIn(widget, 'msdyn_widgetappid');
  const snippet = textIn(widget, 'msdyn_widgetsnippet');
  const named = /data-app-id="([^"]*)"/.exec(snippet ?? '')?.[1];
  if (appId !== undefined && named !== undefined && named.toLowerCase() !== appId.toLowerCase())
    return book.asked('missing-widget', `${nameOf(widget)} has an app id and a snippet`, {
      where: placeOfRow(widget, 'msdyn_widgetsnippet'),
      summary: `The snippet of the chat widget "${nameOf(widget)}" is of another app id: ${named}`,
      remedy: `Open the widget in the target and save it: ${pageOfRow(url, widget)}`,
    });
  return book.asked(
    'missing-widget',
    `${nameOf(widget)} has an app id and a snippet`,
    missing.length === 0
      ? undefined
      : {
          where: placeOfRow(widget, missing.map(([column]) => column).join(', ')),
          summary: `The chat widget "${nameOf(widget)}" has no ${missing.map(([, word]) => word).join(' and no ')}`,
          remedy: `Open the widget in the target and save it: ${pageOfRow(url, widget)}`,
        },
  );
}

function phoneCheck({ rows, book, url }: RoutingScene, setting: Row): Check {
  const id = lookupId(setting, 'msdyn_phonenumberid');
  const isGone =
    id !== undefined &&
    !rows.unreadable.has('msdyn_ocphonenumber') &&
    !rows.has('msdyn_ocphonenumber', id);
  return book.asked(
    'missing-phone-number',
    `${nameOf(setting)} has a phone number`,
    id !== undefined && !isGone
      ? undefined
      : {
          where: placeOfRow(setting, 'msdyn_phonenumberid'),
          summary: `The voice channel "${nameOf(setting)}" has no phone number`,
          remedy: `Assign a phone number in the target: ${pageOfRow(url, setting)}`,
        },
  );
}

function accountCheck(
  { book, url }: RoutingScene,
  { what, column, holds }: ChannelAccount,
  row: Row,
): Check {
  const isThere = textIn(row, column) !== undefined || lookupId(row, column) !== undefined;
  return book.asked(
    'unconnected-account',
    `${nameOf(row)} is connected`,
    isThere
      ? undefined
      : {
          where: placeOfRow(row, column),
          summary: `The ${what} "${nameOf(row)}" has no ${holds}`,
          remedy: `Set it with the secrets of the ${what} in the target: ${pageOfRow(url, row)}`,
        },
  );
}

/** `msdyn_ocprovisioningstate.statuscode`: Error. */
const provisioningFailed = 192350004;

function provisioningCheck({ book, url }: RoutingScene, setting: Row, state: Row): Check {
  const details = textIn(state, 'msdyn_exceptiondetails');
  const hasException = details !== undefined && details.trim().toLowerCase() !== 'none';
  const failed = numberIn(state, 'statuscode') === provisioningFailed;
  return book.asked(
    'unclean-provisioning',
    `${nameOf(setting)} is provisioned`,
    hasException || failed
      ? {
          where: placeOfRow(state, hasException ? 'msdyn_exceptiondetails' : 'statuscode'),
          summary: `The provisioning of the voice channel "${nameOf(setting)}" ${failed ? 'failed' : 'reports a problem'}`,
          detail: hasException ? details : '',
          remedy: `Open the voice channel in the target: ${pageOfRow(url, setting)}`,
        }
      : undefined,
  );
}

/** Chat widgets whose snippet belongs to another organization. */
export function snippetOrganization(widget: Row): string | undefined {
  const snippet = cell(widget, 'msdyn_widgetsnippet');
  return typeof snippet === 'string'
    ? /data-org-id="([0-9a-f-]{36})"/i.exec(snippet)?.[1]?.toLowerCase()
    : undefined;
}
