import { DataverseError } from './dataverse-error.ts';

/**
 * Azure's address for managed identities answers the machine itself only, over plain http:
 * learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token.
 */
export const managedIdentityHost = '169.254.169.254';

/** Is the host this machine? */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** The origin of an environment's URL; a path such as `/main.aspx` is dropped. */
export function environmentOrigin(url: string): string {
  const text = url.trim();
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed?.protocol === 'https:') return parsed.origin;
  if (parsed?.protocol === 'http:' && isLoopback(parsed.hostname)) return parsed.origin;
  throw new DataverseError(
    'URM1010',
    {
      what:
        parsed?.protocol === 'http:'
          ? 'Plain http is refused outside this machine: a token would be readable on the way'
          : 'The URL of the environment cannot be read',
      where: parsed === undefined ? text : shownUrl(text),
      next: 'Give its origin, such as https://contoso.crm4.dynamics.com.',
    },
    {},
  );
}

/** A URL as messages show it: without its query, which may hold values and session tokens. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return url.split('?')[0] ?? '';
  const parsed = new URL(url);
  return parsed.origin + parsed.pathname;
}
