/** A part of a channel URL that is true in one environment only. */
export interface BoundPart {
  readonly part: string;
  readonly why: string;
  /** It names this very environment: right here, wrong elsewhere. */
  readonly isOwn: boolean;
}

const environmentHost =
  /\b[a-z0-9-]{1,63}\.(?:api\.)?crm\d{0,3}\.(?:dynamics\.com|microsoftdynamics\.\w{1,63}|dynamics\.cn)\b/gi;
const guid = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;

/**
 * Parts of a URL that usually differ between environments. Microsoft's sample appends the
 * organization's URL as `base`: learn.microsoft.com/dynamics365/channel-integration-framework/sample-softphone-integration
 */
export function boundParts(
  url: string,
  environment: { readonly url: string; readonly organizationId: string },
): readonly BoundPart[] {
  const text = decoded(url);
  const parts: BoundPart[] = [];
  const own = hostOf(environment.url)?.toLowerCase();
  for (const [host] of text.matchAll(environmentHost))
    parts.push({ part: host, why: 'an environment', isOwn: host.toLowerCase() === own });
  if (own !== undefined && !parts.some(({ isOwn }) => isOwn) && text.toLowerCase().includes(own))
    parts.push({ part: own, why: 'an environment', isOwn: true });
  for (const [id] of text.matchAll(guid))
    parts.push({
      part: id,
      why: 'an id',
      isOwn: id.toLowerCase() === environment.organizationId,
    });
  return parts.filter((part, at) => parts.findIndex((other) => other.part === part.part) === at);
}

/** Whether the app lets the page into its frame: it refuses anything but https, loopback apart. */
export function isSecure(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url);
    return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  } catch {
    return false;
  }
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

function hostOf(url: string): string | undefined {
  try {
    return new URL(url).host;
  } catch {
    return undefined;
  }
}
