import { InputError } from '../errors/migration-error.ts';

/**
 * The origin of an environment from what a person gave as its URL. Off this machine it must be
 * https, because a token travels with every request.
 */
export function parseEnvironmentUrl(text: string, input: string): string {
  const given = text.trim();
  const shown = given.length > 80 ? `${given.slice(0, 80)}…` : given;
  const refuse = (why: string): InputError =>
    new InputError(
      input,
      `'${input}' is not the URL of an environment: ${why}`,
      'Give it like https://contoso.crm4.dynamics.com.',
    );
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    throw refuse(`'${shown}' cannot be read`);
  }
  if (url.username !== '' || url.password !== '') throw refuse('it must hold no credentials');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refuse(`'${shown}' does not start with https://`);
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw refuse(`'${shown}' does not start with https://, which is needed off this machine`);
  return url.origin;
}

/** This machine, under the names that cannot mean another one. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
