import type { CodeEntry } from './code-entry.ts';

/** 18xx: channel providers. */
export const channelProviderCodes = {
  URM1801: {
    title: 'A provider stays with the first generation',
    cause: 'It is used in single-session apps only, or the configuration leaves it out.',
    remedy: 'Nothing, unless it should move: then name the app in the configuration.',
  },
  URM1802: {
    title: 'An inactive provider is not migrated',
    cause: 'The row of the first generation is inactive.',
    remedy: 'Activate it first if it should be migrated.',
  },
  URM1803: {
    title: 'A provider uses API 2.0 already, in the old table',
    cause: 'Its row was moved to the new API without being moved to the new table.',
    remedy: 'Nothing: it is migrated like the others.',
  },
  URM1804: {
    title: 'It cannot be told for which apps a provider moves',
    cause: 'The app selector is empty, or names nothing that is installed.',
    remedy: 'Give the input apps, or name the apps of the provider in the configuration.',
  },
  URM1805: {
    title: 'An app is not installed',
    cause: 'An app was named that the environment does not have.',
    remedy: 'Correct its unique name, or install it.',
  },
  URM1806: {
    title: 'A unique name cannot be used',
    cause: 'It breaks the rule of the form, or two rows would have the same.',
    remedy: 'Use 3 to 8 letters and digits, an underscore, and a name of its own.',
  },
  URM1807: {
    title: 'The configuration names a provider that is not there',
    cause: 'No row of the first generation has this name or id.',
    remedy: 'Correct the name or id.',
  },
  URM1808: {
    title: 'A column of the second generation is missing',
    cause: 'The solution of the environment is older than the column.',
    remedy: 'Update the Channel Integration Framework.',
  },
  URM1809: {
    title: 'Roles of a provider',
    cause: 'The first generation shows a provider by role; the second by profile.',
    remedy: 'Assign users, or map roles with roles: copy.',
  },
  URM1810: {
    title: 'A role is not there',
    cause: 'The configuration names a role that the environment does not have.',
    remedy: 'Correct its name.',
  },
  URM1811: {
    title: 'A channel URL is not secure',
    cause: 'The page is not served over https.',
    remedy: 'Serve it over https and correct the URL.',
  },
  URM1812: {
    title: 'A channel URL holds what is true in one environment only',
    cause: 'It names an environment or an id.',
    remedy: 'Give another value in the configuration where it is wrong.',
  },
  URM1813: {
    title: 'Values without a place in the second generation',
    cause: 'The new table has no such column.',
    remedy: 'Nothing; the old row keeps them.',
  },
  URM1814: {
    title: 'A shipped profile is never changed',
    cause: 'A default profile of the product was named as destination.',
    remedy: 'Name another profile, or none: then a copy of the shipped one is created.',
  },
  URM1815: {
    title: 'The URL of the shipped Omnichannel provider differs',
    cause: 'The first generation holds another URL for Omnichannel than the shipped provider.',
    remedy: 'Use Restore in the form of the shipped provider if its values were changed.',
  },
  URM1816: {
    title: 'The configuration for channel providers cannot be used',
    cause: 'It is no YAML, or holds what is not known.',
    remedy: 'Correct the file; docs/guides/channel-providers.md shows every setting.',
  },
  URM1817: {
    title: 'Several providers have the same URL',
    cause: 'It cannot be told which row a provider was migrated to.',
    remedy: 'Name the right one by its unique name in the configuration.',
  },
  URM1818: {
    title: 'A profile cannot be used',
    cause: 'It is inactive, or not there.',
    remedy: 'Activate it, or name another one.',
  },
  URM1819: {
    title: 'Users change their profile',
    cause: 'A user has one profile per app; another one replaces it, with all that hangs on it.',
    remedy: 'Add what is missing to the new profile, or let these users keep theirs.',
  },
  URM1820: {
    title: 'Users keep their profile',
    cause: 'The configuration says that users with a profile of their own keep it.',
    remedy: 'Assign them by hand when they are ready.',
  },
  URM1821: {
    title: 'Disabled users are not assigned',
    cause: 'Their accounts are disabled.',
    remedy: 'Enable them first if they should see the panel.',
  },
  URM1822: {
    title: 'Nobody is assigned to a provider',
    cause: 'It has no users of its own, and no role is mapped.',
    remedy: 'Name roles, or assign users by hand.',
  },
  URM1823: {
    title: 'A row of the first generation stays active',
    cause: 'Rows of the first generation are left alone unless asked for.',
    remedy: 'Migrate with deactivate when the new panel has proven itself.',
  },
  URM1824: {
    title: 'A session template opens with the panel hidden or minimized',
    cause: "The template's panel state may win over the provider's own setMode(1).",
    remedy: 'Set the communication panel mode of the template to docked.',
  },
  URM1825: {
    title: 'The environment lacks the Channel Integration Framework',
    cause: 'A table of the first or the second generation is missing.',
    remedy: 'Install the Channel Integration Framework, both generations.',
  },
  URM1826: {
    title: 'Users get a profile',
    cause: 'They were users of a provider of the first generation.',
    remedy: 'Nothing; look whether these are the right people.',
  },
  URM1827: {
    title: 'Something that a check needs could not be read',
    cause: 'The identity lacks the privilege to read a table.',
    remedy: 'Give it the privilege, or accept that the check finds nothing there.',
  },
  URM1828: {
    title: 'The identity may lack a privilege to attach providers',
    cause:
      'It holds no Append or AppendTo on channel providers or profiles. Shipped roles lack the first too, so that it may not be asked for.',
    remedy: 'Apply and see; should links be refused, give the identity the privilege.',
  },
  URM1830: {
    title: 'A provider is not migrated as it should be',
    cause: 'Its row of the second generation is missing or differs.',
    remedy: 'Plan and apply the migration again.',
  },
  URM1831: {
    title: 'A provider is on no active profile of the app',
    cause: 'It was not attached, or was detached.',
    remedy: 'Apply the migration again.',
  },
  URM1832: {
    title: 'A user is not assigned to the profile',
    cause: 'Neither the user nor one of the roles of the user has the profile.',
    remedy: 'Apply the migration again.',
  },
  URM1833: {
    title: 'A user has another profile of the app as well',
    cause: 'A user resolves to one profile per app; it cannot be told which.',
    remedy: 'Take one of the assignments away.',
  },
  URM1834: {
    title: 'The loader of the framework is not registered',
    cause: 'No active application extension leads from the provider relationship to the library.',
    remedy: 'Update or repair the Channel Integration Framework solution.',
  },
  URM1835: {
    title: "The framework's library is missing",
    cause: 'No web resource ends in msdyn_channelintegrationframework.js.',
    remedy: 'Update or repair the Channel Integration Framework solution.',
  },
  URM1836: {
    title: 'The view of active channel providers is missing or inactive',
    cause: 'The procedure asks for the view Active Channel Providers to be enabled.',
    remedy: 'Activate the view in the table of channel providers.',
  },
  URM1837: {
    title: 'The Omnichannel provider is not on the profile',
    cause: 'The built-in channels show on profiles with the Omnichannel provider only.',
    remedy: 'Switch on all active channels in the profile, if its users work with them.',
  },
  URM1840: {
    title: 'The provider never calls setMode',
    cause: 'The code that was scanned holds no call of Microsoft.CIFramework.setMode.',
    remedy: 'Call Microsoft.CIFramework.setMode(1) when the page has loaded.',
  },
  URM1841: {
    title: 'The provider calls setMode with another mode',
    cause: 'No call docks the panel: its mode is another than 1.',
    remedy: 'Call Microsoft.CIFramework.setMode(1) when the page has loaded.',
  },
  URM1842: {
    title: 'The mode that the provider sets cannot be told',
    cause: 'It comes from a constant or an expression that the code does not resolve.',
    remedy: 'Look at the line, or check in a browser.',
  },
  URM1843: {
    title: 'Code of the provider cannot be read',
    cause: 'It is not there, too long, or no JavaScript or TypeScript.',
    remedy: 'Give a folder, a file, a web resource or a URL that holds the source.',
  },
  URM1850: {
    title: 'The browser check cannot run',
    cause: 'No browser could be started, or the driver is not installed.',
    remedy: 'Install Chromium, Edge or Chrome, or name it with --browser-executable.',
  },
  URM1851: {
    title: 'The app did not open in the browser',
    cause: 'The session is not signed in any more, or the person may not open the app.',
    remedy: 'Store the session again, as a person who may open the app.',
  },
  URM1852: {
    title: "The browser did not load the framework's library",
    cause: 'The profile that the person resolves to has no provider, or the loader is missing.',
    remedy: 'Check the assignment, then detach and attach the provider with --reattach.',
  },
  URM1853: {
    title: 'Session storage holds no channel provider',
    cause: 'The profile that the person resolves to has no active provider.',
    remedy: 'Check the assignment, then detach and attach the provider with --reattach.',
  },
  URM1854: {
    title: 'Session storage names no loader',
    cause: 'applicationExtensions does not refer to the library under msdyn_CIFV2Loader.',
    remedy: 'Detach and attach the provider with --reattach, then check again.',
  },
  URM1855: {
    title: 'The communication panel is not there',
    cause: 'No frame shows the page of the provider.',
    remedy: 'Check that the page may be framed, and the checklist of the guide.',
  },
  URM1856: {
    title: 'The communication panel is not docked',
    cause: 'The page of the provider did not call setMode(1), or a session template won over it.',
    remedy: 'Call setMode(1) in the page; look at the panel state of the session templates.',
  },
} as const satisfies Record<`URM18${number}`, CodeEntry>;
