import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { MigrationError } from '#shared/errors/migration-error.ts';
import type { PageObservation, PageQuestion, SeenFrame } from '#shared/host/browser.ts';

/** The check itself cannot run: it says nothing about the app. */
class BrowserUnavailable extends MigrationError {
  readonly code = 'URM1850';
}

/** The app could not be asked for at all. */
class PageUnreachable extends MigrationError {
  readonly code = 'URM1851';
}

const launchArguments = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const viewport = { width: 1280, height: 800 };
const pauseMs = 250;

/** Browsers that a machine may have: names the driver knows, then places on Linux. */
const channels = ['chrome', 'msedge'] as const;
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/usr/bin/microsoft-edge',
];

/** Opens a page in a real browser, with a profile of its own, and tells what it showed in the end. */
export async function lookInBrowser(
  question: PageQuestion,
  signal: AbortSignal,
): Promise<PageObservation> {
  const browser = await launch(question.executable);
  const close = (): void => void browser.close().catch(() => undefined);
  signal.addEventListener('abort', close, { once: true });
  try {
    const loaded = new Set<string>();
    const page = await openPage(browser, question, loaded);
    const deadline = Date.now() + question.patienceMs;
    let seen = await observe(page, question, loaded);
    while (!question.isComplete(seen) && Date.now() < deadline) {
      signal.throwIfAborted();
      await sleep(pauseMs, undefined, { signal });
      seen = await observe(page, question, loaded);
    }
    if (question.screenshot === undefined) return seen;
    await mkdir(dirname(question.screenshot), { recursive: true });
    await page.screenshot({ path: question.screenshot });
    return { ...seen, screenshot: question.screenshot };
  } finally {
    signal.removeEventListener('abort', close);
    await browser.close().catch(() => undefined);
  }
}

async function launch(executable: string | undefined): Promise<Browser> {
  const { chromium } = await loadDriver();
  const own = executable ?? places.find((place) => existsSync(place));
  const tries = [
    ...(executable === undefined ? channels.map((channel) => ({ channel })) : []),
    ...(own === undefined ? [] : [{ executablePath: own }]),
  ];
  let cause: unknown;
  for (const choice of tries)
    try {
      return await chromium.launch({ ...choice, headless: true, args: launchArguments });
    } catch (error) {
      cause = error;
    }
  throw new BrowserUnavailable(
    {
      what: 'No browser could be started',
      where: executable ?? 'Chrome, Edge, Chromium',
      next: 'Install one of them, or name a Chromium with --browser-executable.',
    },
    { cause: cause instanceof Error ? new Error(cause.message.split('\n')[0]) : cause },
  );
}

async function loadDriver(): Promise<typeof import('playwright-core')> {
  try {
    return await import('playwright-core');
  } catch (cause) {
    throw new BrowserUnavailable(
      {
        what: 'The driver of the browser is not installed',
        where: 'playwright-core',
        next: 'Run npm install playwright-core beside the tool, then check again.',
      },
      { cause },
    );
  }
}

async function openPage(
  browser: Browser,
  { session, url }: PageQuestion,
  loaded: Set<string>,
): Promise<Page> {
  if (session !== undefined && !existsSync(session))
    throw new PageUnreachable({
      what: 'There is no stored session',
      where: session,
      next: 'Store one with: npx playwright-core open --save-storage=FILE URL',
    });
  const context = await browser.newContext({
    viewport,
    ...(session === undefined ? {} : { storageState: session }),
  });
  const page = await context.newPage();
  // Not the page's own list of resources: it ends after 250, and an app has more.
  page.on('response', (response) => {
    if (response.status() < 400) loaded.add(response.url());
  });
  try {
    await page.goto(url, { waitUntil: 'domcontentloaded' });
  } catch (cause) {
    throw new PageUnreachable(
      {
        what: 'The app could not be opened',
        where: url,
        next: 'Check the address and the network.',
      },
      { cause },
    );
  }
  return page;
}

/** What the page shows now; while it is on its way elsewhere there is nothing to see. */
async function observe(
  page: Page,
  { storageWords }: PageQuestion,
  loaded: ReadonlySet<string>,
): Promise<PageObservation> {
  let seen: unknown;
  try {
    seen = await page.evaluate(observer(storageWords));
  } catch {
    seen = undefined;
  }
  const found = isRecord(seen) ? seen : {};
  const { title, storage, frames, width, height } = found;
  return {
    url: page.url(),
    title: typeof title === 'string' ? title : '',
    resources: [...loaded],
    sessionStorage: new Map(
      (Array.isArray(storage) ? storage : []).flatMap((pair: unknown) => {
        const [key, value] = textsIn(pair);
        return key === undefined || value === undefined ? [] : [[key, value] as const];
      }),
    ),
    frames: (Array.isArray(frames) ? frames : []).flatMap(frameIn),
    window: {
      width: typeof width === 'number' ? width : viewport.width,
      height: typeof height === 'number' ? height : viewport.height,
    },
  };
}

// Runs in the page, so it is text: this project has no types of a browser.
function observer(words: readonly string[]): string {
  return `(() => {
    const words = ${JSON.stringify(words)};
    return {
      title: document.title,
      storage: Object.entries({ ...sessionStorage }).filter(([key]) =>
        words.some((word) => key.toLowerCase().includes(word.toLowerCase())),
      ),
      frames: [...document.querySelectorAll('iframe')].map((frame) => {
        const { left, top, width, height } = frame.getBoundingClientRect();
        const visible = frame.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
        return { url: frame.src, left, top, width, height, visible };
      }),
      width: innerWidth,
      height: innerHeight,
    };
  })()`;
}

function frameIn(frame: unknown): SeenFrame[] {
  if (!isRecord(frame)) return [];
  const { url, left, top, width, height, visible } = frame;
  return typeof url === 'string' &&
    typeof left === 'number' &&
    typeof top === 'number' &&
    typeof width === 'number' &&
    typeof height === 'number'
    ? [{ url, left, top, width, height, visible: visible === true }]
    : [];
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
