import type { Finding } from '../errors/finding.ts';
import type { PageObservation, SeenFrame } from '../host/browser.ts';
import type { MigrationCheck } from './check-migration.ts';
import { loader } from './framework.ts';

/** Keys of session storage that the procedure names. */
export const storageKeys = {
  providers: 'channelProviders',
  extensions: 'applicationExtensions',
} as const;

/** The same questions for an operator: paste it into the console of the tab where the app is open. */
export const operatorSnippet = `(() => {
  const get = (k) => sessionStorage.getItem(k) || '';
  const extensions = get('${storageKeys.extensions}');
  return {
    library: performance.getEntriesByType('resource').some((e) => e.name.includes('${loader.library}')),
    channelProviders: !['', '[]', '{}', 'null'].includes(get('${storageKeys.providers}').trim()),
    loader: extensions.includes('${loader.library}') && extensions.includes('${loader.name}'),
  };
})();`;

/** Smaller than this a panel shows its bar at most. */
const minPanel = { width: 150, share: 0.4 };

/** What of an app was looked at. */
export interface LookedAt {
  readonly app: string;
  readonly environment: string;
  /** Addresses of the providers' pages. */
  readonly pages: readonly string[];
}

/** Everything that the procedure asks of the browser is there. */
export function isAllThere(seen: PageObservation, at: LookedAt): boolean {
  return judgePage(seen, at).every(({ finding }) => finding === undefined);
}

/**
 * The questions of the procedure. The form of the two keys is documented nowhere: they are searched for
 * words, never read.
 */
export function judgePage(seen: PageObservation, at: LookedAt): readonly MigrationCheck[] {
  const opened = check(at, 'the app opens');
  if (!isApp(seen, at))
    return [
      failed(opened, at, {
        code: 'URM1851',
        summary: `The browser ended up at ${withoutQuery(seen.url)}`,
        remedy: 'Store the session again, as a person who may open the app.',
      }),
    ];
  const providers = stored(seen, storageKeys.providers).trim();
  const extensions = stored(seen, storageKeys.extensions);
  const hasProviders = !['', '[]', '{}', 'null'].includes(providers);
  const hasLoader = extensions.includes(loader.library) && extensions.includes(loader.name);
  const hasLibrary = seen.resources.some((url) => url.includes(loader.library));
  // Each needs the one before it: only the first that fails says what is wrong.
  const noProviders = hasProviders ? undefined : 'session storage holds no channel provider';
  const noLoader = noProviders ?? (hasLoader ? undefined : 'session storage names no loader');
  const noLibrary = noLoader ?? (hasLibrary ? undefined : 'the library is not loaded');
  return [
    opened,
    asked(check(at, 'session storage holds channel providers'), at, {
      holds: hasProviders,
      code: 'URM1853',
      summary: `The key ${storageKeys.providers} is ${providers === '' ? 'missing or empty' : `empty: ${providers}`}`,
      detail: similarKeys(seen, storageKeys.providers),
      remedy: remedyOfProfile,
    }),
    asked(check(at, 'session storage names the loader'), at, {
      holds: hasLoader,
      because: noProviders,
      code: 'URM1854',
      summary: `The key ${storageKeys.extensions} does not name ${loader.name} with the library`,
      detail: similarKeys(seen, storageKeys.extensions),
      remedy: remedyOfProfile,
    }),
    asked(check(at, 'the library is loaded'), at, {
      holds: hasLibrary,
      because: noLoader,
      code: 'URM1852',
      summary: `The page did not load ${loader.library}`,
      remedy: remedyOfProfile,
    }),
    panelCheck(seen, at, noLibrary),
  ];
}

const remedyOfProfile =
  'Check which profile the person resolves to; then detach and attach the provider with --reattach, and look again.';

function panelCheck(
  seen: PageObservation,
  at: LookedAt,
  because: string | undefined,
): MigrationCheck {
  const panel = check(at, 'the communication panel is docked');
  const frames = seen.frames.filter((frame) => at.pages.some((page) => shows(frame, page)));
  if (frames.length === 0 && because !== undefined) return { ...panel, skipped: because };
  if (frames.length === 0)
    return failed(panel, at, {
      code: 'URM1855',
      summary: 'No frame shows the page of a provider',
      remedy:
        'See that the page answers over https and may be framed, and go through the checklist of the guide.',
    });
  if (frames.some((frame) => isDocked(frame, seen.window))) return panel;
  const [frame] = frames;
  return failed(panel, at, {
    code: 'URM1856',
    summary: 'The page of the provider is there, but its panel is minimized or hidden',
    detail: frame === undefined ? '' : `${frame.width} × ${frame.height} pixels.`,
    remedy:
      'The page has to call Microsoft.CIFramework.setMode(1); a session template may win over it.',
  });
}

// No class name of the app is documented: a panel counts as docked when the provider's frame is as wide
// as a panel and takes a good part of the window's height.
function isDocked(frame: SeenFrame, window: PageObservation['window']): boolean {
  return (
    frame.visible &&
    frame.width >= minPanel.width &&
    frame.height >= window.height * minPanel.share &&
    frame.left < window.width &&
    frame.left + frame.width > 0
  );
}

function shows(frame: SeenFrame, page: string): boolean {
  return withoutQuery(frame.url).toLowerCase() === withoutQuery(page).toLowerCase();
}

function isApp(seen: PageObservation, at: LookedAt): boolean {
  try {
    const url = new URL(seen.url);
    return url.origin === new URL(at.environment).origin && /\/main\.aspx$/i.test(url.pathname);
  } catch {
    return false;
  }
}

/** Some builds may put a prefix before the key: a key that ends in the word counts where the exact one is missing. */
function stored(seen: PageObservation, key: string): string {
  const exact = seen.sessionStorage.get(key);
  if (exact !== undefined) return exact;
  const similar = [...seen.sessionStorage].find(([name]) => name.endsWith(key));
  return similar?.[1] ?? '';
}

function similarKeys(seen: PageObservation, key: string): string {
  const similar = [...seen.sessionStorage.keys()].filter(
    (name) => name !== key && name.toLowerCase().includes(key.toLowerCase()),
  );
  return similar.length === 0 ? '' : `Keys with this word: ${similar.join(', ')}.`;
}

function check(at: LookedAt, name: string): MigrationCheck {
  return { group: `browser ${at.app}`, name };
}

interface Answer extends Pick<Finding, 'code' | 'summary' | 'remedy'> {
  readonly detail?: string;
}

function asked(
  question: MigrationCheck,
  at: LookedAt,
  answer: Answer & { readonly holds: boolean; readonly because?: string | undefined },
): MigrationCheck {
  if (answer.holds) return question;
  return answer.because === undefined
    ? failed(question, at, answer)
    : { ...question, skipped: answer.because };
}

function failed(question: MigrationCheck, at: LookedAt, answer: Answer): MigrationCheck {
  const { code, summary, detail = '', remedy } = answer;
  const finding: Finding = {
    severity: 'error',
    code,
    where: `app ${at.app}`,
    summary,
    detail,
    remedy,
  };
  return { ...question, finding };
}

function withoutQuery(url: string): string {
  return (url.split(/[?#]/, 1)[0] ?? '').replace(/\/$/, '');
}
