import type { WithheldReason } from '../model/rules.ts';

/**
 * Columns whose values never leave the source or never reach the target, by table. Channel pages list
 * several of them for selection and warn about none.
 *
 * - `secret`: keys, passwords and tokens. Set them in the target by hand.
 * - `environment`: true only in the environment that holds it.
 * - `generated`: made by the target's own server logic.
 * - `runtime`: what happened there, no configuration.
 *
 * Secured columns: learn.microsoft.com/dynamics365/customer-service/administer/field-level-security
 */
export const withheldColumns: Readonly<Record<string, Readonly<Record<string, WithheldReason>>>> = {
  msdyn_authenticationsettings: { msdyn_authenticationclientsecret: 'secret' },
  msdyn_livechatconfig: {
    msdyn_widgetappid: 'generated',
    msdyn_widgetsnippet: 'generated',
    msdyn_mailbox: 'environment',
    msdyn_portalurl: 'environment',
    // Customer Voice surveys are synchronized per environment.
    msdyn_postconversationsurvey: 'environment',
    msdyn_postconversationsurveyseparatebotsurvey: 'environment',
  },
  msdyn_liveworkstream: {
    // The account of the SMS provider, and its keys.
    msdyn_customerid: 'environment',
    msdyn_apikey: 'secret',
    msdyn_secureapikey: 'secret',
    // A bot's user exists only where the bot does.
    msdyn_bot_user: 'environment',
    msdyn_lastvalidationon: 'runtime',
    msdyn_lastvalidationstatus: 'runtime',
    msdyn_telesigninboundurl: 'environment',
    msdyn_twilioinboundurl: 'environment',
  },
  msdyn_oc_geolocationprovider: {
    msdyn_providerapikey: 'secret',
    msdyn_secureproviderapikey: 'secret',
  },
  msdyn_ocapplepay: {
    msdyn_ocbase64merchantcertstring: 'secret',
    msdyn_ocbase64merchantcertstringcontd: 'secret',
    msdyn_ocmerchantcertificatepassword: 'secret',
  },
  // Numbers, pages, accounts and bots of providers are registered for one environment each.
  msdyn_ocapplebusinessaccount: { msdyn_businessid: 'environment' },
  msdyn_ocbotchannelregistration: {
    msdyn_msappid: 'environment',
    msdyn_msappsecret: 'secret',
    msdyn_securemsappsecret: 'secret',
    msdyn_lastvalidateddate: 'runtime',
    msdyn_validationstatus: 'runtime',
  },
  msdyn_ocbotchannelregistrationsecret: { msdyn_securemsappsecret: 'secret' },
  msdyn_occommunicationprovidersetting: { msdyn_secret: 'secret', msdyn_securesecret: 'secret' },
  msdyn_ocfbapplication: {
    msdyn_fbapplicationid: 'environment',
    msdyn_fbapplicationsecret: 'secret',
    msdyn_fbverifytoken: 'secret',
    msdyn_fbcallbackuri: 'environment',
  },
  msdyn_ocfbpage: { msdyn_fbpageid: 'environment', msdyn_fbpageaccesstoken: 'secret' },
  msdyn_ocgooglebusinessmessagesagentaccount: {
    msdyn_agentid: 'environment',
    msdyn_brandid: 'environment',
    msdyn_agentaccountclienttoken: 'secret',
    msdyn_googlebusinessmessagescallbackurl: 'environment',
  },
  msdyn_ocgooglebusinessmessagespartneraccount: {
    msdyn_partneraccountid: 'environment',
    msdyn_credentialfilename: 'environment',
    msdyn_base64credentialfilestring: 'secret',
    msdyn_base64credentialfilestringcontd: 'secret',
    msdyn_partneraccountclienttoken: 'secret',
    msdyn_googlebusinessmessagescallbackurl: 'environment',
  },
  msdyn_oclinechannelconfig: {
    msdyn_channelid: 'environment',
    msdyn_channelaccesstoken: 'secret',
    msdyn_channelsecret: 'secret',
    msdyn_webhookurl: 'environment',
  },
  msdyn_ocprovisioningstate: {
    msdyn_exceptiondetails: 'runtime',
    msdyn_communicationprovidersettingid: 'environment',
  },
  msdyn_ocsmschannelsetting: {
    msdyn_inboundurl: 'environment',
    msdyn_phonenumberid: 'environment',
  },
  msdyn_ocsmssettingsecret: { msdyn_secureapikey: 'secret' },
  msdyn_octeamschannelconfig: { msdyn_botid: 'environment' },
  msdyn_octwitterapplication: {
    msdyn_twitterconsumersecret: 'secret',
    msdyn_securetwitterconsumersecret: 'secret',
    msdyn_twittercallbackurl: 'environment',
  },
  msdyn_octwitterhandlesecret: {
    msdyn_useraccesstoken: 'secret',
    msdyn_useraccesstokensecret: 'secret',
  },
  msdyn_ocvoicechannelsetting: {
    msdyn_inboundurl: 'environment',
    msdyn_phonenumberid: 'environment',
  },
  // Music is uploaded per environment (file columns), bots are linked there.
  msdyn_ocvoicechannellanguagesetting: {
    msdyn_holdmusicid: 'environment',
    msdyn_waitmusicid: 'environment',
    msdyn_surveybotsystemuserid: 'environment',
  },
  msdyn_ocwechatchannelconfig: {
    msdyn_applicationid: 'environment',
    msdyn_serviceaccount: 'environment',
    msdyn_ipaddresses: 'environment',
    msdyn_encodingaeskey: 'secret',
    msdyn_secureencodingaeskey: 'secret',
    msdyn_applicationsecret: 'secret',
    msdyn_secureapplicationsecret: 'secret',
    msdyn_token: 'secret',
    msdyn_securetoken: 'secret',
    msdyn_callbackurl: 'environment',
  },
  msdyn_ocwhatsappchannelaccount: {
    msdyn_provideraccountid: 'environment',
    msdyn_authenticationtoken: 'secret',
    msdyn_secureauthenticationtoken: 'secret',
    msdyn_twilioinboundurl: 'environment',
  },
  msdyn_ocwhatsappchannelnumber: { msdyn_organizationphonenumber: 'environment' },
  // The calendar behind an operating hour is not migrated; the id is the source's own.
  msdyn_operatinghour: { msdyn_calendarid: 'environment' },
};

/** Of tables that are no part of routing everything moves but what every environment counts for itself. */
export const withheldFromAnyTable: Readonly<Record<string, WithheldReason>> = {
  importsequencenumber: 'environment',
  versionnumber: 'generated',
};

/** The same in every table of routing: the published schemas select some of them by accident. */
export const withheldEverywhere: Readonly<Record<string, WithheldReason>> = {
  organizationid: 'environment',
  importsequencenumber: 'environment',
  timezoneruleversionnumber: 'environment',
  utcconversiontimezonecode: 'environment',
  versionnumber: 'generated',
};
