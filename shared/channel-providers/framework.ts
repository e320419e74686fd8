/**
 * The Channel Integration Framework as its two generations store it. Columns and choices: the table
 * references of msdyn_ciprovider and msdyn_channelprovider; procedure:
 * learn.microsoft.com/dynamics365/customer-service/administer/migrate-third-party-channel-config-data
 */
export const tables = {
  oldProvider: 'msdyn_ciprovider',
  provider: 'msdyn_channelprovider',
  profile: 'msdyn_appconfiguration',
  roleMapping: 'msdyn_appprofilerolemapping',
  extension: 'msdyn_applicationextension',
  sessionTemplate: 'msdyn_sessiontemplate',
  user: 'systemuser',
  role: 'role',
  app: 'appmodule',
  view: 'savedquery',
  webResource: 'webresource',
} as const;

/** Many-to-many relationships, by intersect table. */
export const relationships = {
  oldProviderUsers: 'msdyn_ciprovider_systemuser',
  profileProviders: 'msdyn_appconfig_msdyn_channelprovider',
  profileUsers: 'msdyn_appconfiguration_systemuser',
  profileSessionTemplates: 'msdyn_appconfiguration_sessiontemplate',
  profileExtensions: 'msdyn_appconfiguration_applicationextension',
  profilePanes: 'msdyn_msdyn_paneconfig_msdyn_appconfig',
  profileSmartAssist: 'msdyn_smartassistconfig_msdyn_appconfig',
} as const;

/** What a new profile takes over from the shipped one it replaces, and what people call it. */
export const inheritedRelationships: readonly {
  readonly relationship: string;
  readonly what: string;
}[] = [
  { relationship: relationships.profileProviders, what: 'channel provider' },
  { relationship: relationships.profileSessionTemplates, what: 'session template' },
  { relationship: relationships.profileExtensions, what: 'application extension' },
  { relationship: relationships.profilePanes, what: 'pane' },
  { relationship: relationships.profileSmartAssist, what: 'smart assist configuration' },
];

/** The only API version of a provider of the second generation. */
export const apiVersion2 = 162_450_000;

/** Columns that are copied as they are: of the first generation, of the second, and what people call them. */
export const copiedColumns: readonly {
  readonly from: string;
  readonly to: string;
  readonly what: string;
  /** May be missing in environments of 2020. */
  readonly optional?: true;
  /** May hold secrets: shown by hash only. */
  readonly hidden?: true;
}[] = [
  { from: 'msdyn_name', to: 'msdyn_name', what: 'name' },
  { from: 'msdyn_label', to: 'msdyn_label', what: 'label' },
  { from: 'msdyn_landingurl', to: 'msdyn_channelurl', what: 'channel URL' },
  { from: 'msdyn_clicktoact', to: 'msdyn_enableoutbound', what: 'outbound communication' },
  { from: 'msdyn_sortorder', to: 'msdyn_sortorder', what: 'channel order' },
  { from: 'msdyn_trusteddomain', to: 'msdyn_trusteddomain', what: 'trusted domain' },
  {
    from: 'msdyn_customparams',
    to: 'msdyn_customparams',
    what: 'custom parameters',
    hidden: true,
  },
  { from: 'msdyn_enableanalytics', to: 'msdyn_enableanalytics', what: 'analytics' },
  {
    from: 'msdyn_sandboxconfiguration',
    to: 'msdyn_sandboxconfiguration',
    what: 'sandbox attributes',
    optional: true,
  },
];

/** Columns without a place in the second generation. */
export const columnsLeftBehind: readonly { readonly column: string; readonly what: string }[] = [
  { column: 'msdyn_channelprovidericon', what: 'icon' },
  { column: 'msdyn_cifsolversion', what: 'solution version stamp' },
];

export const workspaceApp = 'msdyn_CustomerServiceWorkspace';
export const omnichannelApp = 'OmniChannelEngagementHub';

/**
 * Apps that show several sessions, which is where the second generation works. Every other app stays
 * with the first: learn.microsoft.com/dynamics365/channel-integration-framework/choose-between-versions
 */
export const multisessionApps: readonly string[] = [workspaceApp, omnichannelApp];

/** Made when an organization was upgraded from the first generation; recognized by its name. */
export const upgradedProfileName = 'Omnichannel upgraded app profile';

/** Profiles that come with the product: nobody may change or delete them. */
export const shippedProfiles: ReadonlyMap<string, string> = new Map([
  ['omnichannel for customer service - default profile', omnichannelApp],
  ['customer service workspace - default profile', workspaceApp],
  ['customer service workspace + channels - default profile', workspaceApp],
]);

/** The provider that brings the built-in channels. */
export const omnichannelProvider = {
  uniqueName: 'msdyn_omnichannel',
  name: 'omnichannel',
} as const;

/** What makes an app load the framework's library. */
export const loader = {
  name: 'msdyn_CIFV2Loader',
  library: 'msdyn_channelintegrationframework.js',
} as const;

export const activeProvidersView = 'Active Channel Providers';

/** `msdyn_sessiontemplate.msdyn_panelstate`. */
export const panelStates: ReadonlyMap<number, string> = new Map([
  [162_450_000, 'minimized'],
  [162_450_001, 'hidden'],
  [162_450_002, 'docked'],
]);
