import type { Environment } from '../environment.ts';
import type { Answer } from '../protocol/answer.ts';
import { splitUrl } from '../protocol/path.ts';
import { signIn } from '../protocol/sign-in.ts';
import type { RequestHeaders } from '../protocol/request.ts';
import { ServiceError } from '../service-error.ts';
import { frameworkLibrary, providerLibrary } from './library-scripts.ts';
import { sameText, shownProfile, textOf, type ShownProfile } from './user-profile.ts';

/** Who a browser is: what a person's sign-in leaves. Any text does; a user's name acts as that user. */
export const sessionCookie = 'EmulatorUser';

const libraryName = 'msdyn_channelintegrationframework.js';

/**
 * The pages a person sees: `/main.aspx?appname=NAME` with the communication panel, the framework's two
 * scripts, and `/softphone.html?mode=N`, the page of a provider that calls `setMode(N)`.
 */
export function answerPage(
  environment: Environment,
  request: { readonly url: string; readonly headers: RequestHeaders },
  origin: string,
): Answer | undefined {
  const { path, query } = splitUrl(request.url);
  const parameters = new URLSearchParams(query);
  switch (path.toLowerCase()) {
    case '/main.aspx':
      return mainPage(environment, parameters.get('appname') ?? '', request.headers, origin);
    case '/sign-in':
      return page('Sign in', '<p>Nobody is signed in.</p>');
    case '/softphone.html':
      return softphone(parameters.get('mode'), origin);
    case `/webresources/${libraryName}`:
      return isThere(environment, libraryName)
        ? script(frameworkLibrary)
        : page('Not found', '<p>There is no such web resource.</p>', 404);
    case '/webresources/widget/msdyn_cilibrary.js':
      return script(providerLibrary);
    default:
      return undefined;
  }
}

function mainPage(
  environment: Environment,
  app: string,
  headers: RequestHeaders,
  origin: string,
): Answer {
  const cookies = (headers['cookie'] ?? '').split(/;\s*/);
  const user = cookies.find((cookie) => cookie.startsWith(`${sessionCookie}=`));
  if (user === undefined) return { status: 302, headers: { Location: '/sign-in' }, body: '' };
  const token = decodeURIComponent(user.slice(sessionCookie.length + 1));
  let userId: string;
  try {
    const authorization = `Bearer ${token}`;
    ({ userId } = signIn(environment, { ...headers, authorization }, origin));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return page('Access denied', '<p>This person may not open the app.</p>', 403);
  }
  const installed = [...environment.store.rows('appmodule')].find((row) =>
    sameText(row.cells.get('uniquename'), app),
  );
  const profile = installed === undefined ? undefined : shownProfile(environment, app, userId);
  if (profile === undefined)
    return page('No app', '<p>There is no such app for this person.</p>', 404);
  return page(installed === undefined ? '' : textOf(installed, 'name'), appBody(profile));
}

// The order is the app's own: the keys are there first, then the scripts that read them.
function appBody(profile: ShownProfile): string {
  const providers = inScript(profile.providers);
  const extensions = inScript(profile.extensions);
  return `<p>Profile: ${escape(profile.name)}</p>
<aside id="communication-panel"></aside>
<script>
sessionStorage.setItem('channelProviders', JSON.stringify(${providers}));
sessionStorage.setItem('applicationExtensions', JSON.stringify(${extensions}));
for (const { webResource } of ${extensions}) {
  const element = document.createElement('script');
  element.src = webResource;
  document.head.append(element);
}
</script>`;
}

function softphone(mode: string | null, origin: string): Answer {
  const number = Number(mode ?? '');
  const call =
    mode === null || !Number.isInteger(number) ? '' : `Microsoft.CIFramework.setMode(${number});`;
  return page(
    'Softphone',
    `<p>Ready for calls.</p>
<script src="/webresources/Widget/msdyn_ciLibrary.js" data-crmurl="${escape(origin)}" data-cifid="CIFMainLibrary"></script>
<script>
${call}
</script>`,
  );
}

function isThere({ store }: Environment, name: string): boolean {
  return [...store.rows('webresource')].some(({ cells }) => sameText(cells.get('name'), name));
}

function page(title: string, body: string, status = 200): Answer {
  const document = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escape(title)}</title>
</head>
<body>
<h1>${escape(title)}</h1>
${body}
</body>
</html>
`;
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: document };
}

function script(text: string): Answer {
  return { status: 200, headers: { 'Content-Type': 'text/javascript; charset=utf-8' }, body: text };
}

/** JSON that cannot end the script it stands in. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
