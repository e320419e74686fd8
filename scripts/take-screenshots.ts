// Takes the pictures of the overview page from the real thing: the built tasks move an edit between two
// emulators, and a browser shows what they left. `take-screenshots.ts [FOLDER]`; without a browser that
// starts on this machine, the pictures that are there stay.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';
import { openResultsHost, type HostAttachment } from '#support/results-host.ts';
import { runTask, type TaskEnd } from '#support/run-task.ts';
import { secretEndpoint } from '#support/secret-endpoint.ts';
import { startTestBrowser } from '#support/test-browser.ts';

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL('../images', import.meta.url)));
const width = 1280;
const height = 720;

const browser = await startTestBrowser();
if (browser === undefined) console.log('No browser starts here: the pictures stay as they are.');
else
  try {
    await mkdir(folder, { recursive: true });
    await takeAll(browser);
  } finally {
    await browser.close();
  }

async function takeAll(chromium: Browser): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'screenshots-'));
  const dev = await openEmulator({ seed: 'contoso' });
  const test = await openEmulator({ seed: 'empty' });
  try {
    const attachments = await promotion(dev, test, work);
    await shootTab(chromium, attachments);
    const report = join(work, 'plan/report.html');
    const actions = 'details:not([open]) > summary:has(.glyph)';
    await shootReport(chromium, report, { name: 'report.png', at: 'Actions', unfold: actions });
    const map = { name: 'routing-map.png', at: 'Records', unfold: '.nothing' };
    await shootReport(chromium, report, map);
  } finally {
    await dev.close();
    await test.close();
    await rm(work, { recursive: true, force: true });
  }
}

/** Brings everything over, edits the source, and promotes the edit. */
async function promotion(
  dev: TestEmulator,
  test: TestEmulator,
  work: string,
): Promise<readonly HostAttachment[]> {
  const endpoints = { dev: await secretEndpoint(dev), test: await secretEndpoint(test) };
  const onTest = { serviceConnection: 'test' };
  const path = (name: string): string => join(work, name);
  const attachments: HostAttachment[] = [];
  const run = async (
    task: string,
    inputs: Readonly<Record<string, string>>,
    from?: string,
  ): Promise<void> => {
    const end = await runTask({
      task,
      node: process.execPath,
      inputs: { ...inputs, ...(from === undefined ? {} : { packagePath: path(from) }) },
      endpoints,
      folder: work,
    });
    if (end.result?.startsWith('Succeeded') !== true) throw new Error(end.text);
    attachments.push(...(await attached(end)));
  };
  await run('UnifiedRoutingExport', { serviceConnection: 'dev', outputPath: path('before') });
  await run('UnifiedRoutingImport', { ...onTest, outputPath: path('first') }, 'before');
  attachments.length = 0;
  await edit(dev);
  await run('UnifiedRoutingExport', { serviceConnection: 'dev', outputPath: path('package') });
  await run('UnifiedRoutingPlan', { ...onTest, outputPath: path('plan') }, 'package');
  const plan = { planPath: path('plan/plan.json') };
  await run('UnifiedRoutingImport', { ...onTest, ...plan, outputPath: path('run') }, 'package');
  await run('UnifiedRoutingVerify', { ...onTest, outputPath: path('verification') }, 'package');
  return attachments;
}

async function attached({ commands }: TaskEnd): Promise<readonly HostAttachment[]> {
  return Promise.all(
    commands
      .filter(({ name }) => name === 'task.addattachment')
      .map(async ({ properties, message }) => ({
        name: properties['name'] ?? '',
        content: await readFile(message, 'utf8'),
      })),
  );
}

/** What somebody in the contact centre changed since. */
async function edit(dev: TestEmulator): Promise<void> {
  const rowOf = async (set: string, name: string, key: string): Promise<string> => {
    const answer = await dev.send('GET', `${set}?$filter=${name}`);
    const { value } = JSON.parse(answer.text) as {
      readonly value: readonly Readonly<Record<string, unknown>>[];
    };
    const id = value[0]?.[key];
    if (typeof id !== 'string') throw new Error(`There is no row of ${set} with ${name}.`);
    return `${set}(${id})`;
  };
  const queue = await rowOf('queues', "startswith(name,'Cases: Billing')", 'queueid');
  await dev.send('PATCH', queue, {
    body: {
      msdyn_priority: 2,
      description: 'Invoices, refunds up to 500, and the late fees of 2026',
    },
  });
  const ruleset = await rowOf(
    'msdyn_decisionrulesets',
    "msdyn_name eq 'Assign: workshop'",
    'msdyn_decisionrulesetid',
  );
  const held = await dev.send('GET', `${ruleset}?$select=msdyn_rulesetdefinition`);
  const { msdyn_rulesetdefinition: text } = JSON.parse(held.text) as {
    readonly msdyn_rulesetdefinition: string;
  };
  await dev.send('PATCH', ruleset, {
    body: { msdyn_rulesetdefinition: text.replace('>ES<', '>ESPRESSO<') },
  });
  await dev.send('POST', 'characteristics', {
    body: {
      characteristicid: '5b0b6b1e-26f0-4b52-9d6a-0c2d5e1a7f10',
      name: 'Late fees',
      characteristictype: 1,
      description: 'Knows the fees of 2026',
    },
  });
}

async function shootTab(chromium: Browser, attachments: readonly HostAttachment[]): Promise<void> {
  const host = await openResultsHost();
  const page = await chromium.newPage({ viewport: { width, height } });
  try {
    host.attach(attachments);
    await page.goto(`${host.url}?theme=light`);
    const tab = await (await page.waitForSelector('iframe')).contentFrame();
    await tab?.locator('nav button', { hasText: 'plan' }).click();
    const report = await (await tab?.waitForSelector('iframe[title*="Plan"]'))?.contentFrame();
    await report?.waitForSelector('#report section');
    // Below addresses and hashes, which differ from one run to the next.
    await report?.evaluate(scrolledTo('caption', 'Actions by table'));
    await page.screenshot({ path: join(folder, 'results-tab.png') });
  } finally {
    await page.close();
    host.close();
  }
}

async function shootReport(
  chromium: Browser,
  path: string,
  { name, at, unfold }: { readonly name: string; readonly at: string; readonly unfold: string },
): Promise<void> {
  const page = await chromium.newPage({ viewport: { width, height }, colorScheme: 'light' });
  try {
    await page.goto(pathToFileURL(path).href);
    const folded = page.locator(unfold);
    while ((await folded.count()) > 0) await folded.first().click();
    // Differences are drawn when they are unfolded.
    for (const each of await page.locator('details[open]:has(> summary > .glyph)').all())
      await each.locator('table').first().waitFor();
    await page.mouse.move(0, 0);
    await page.evaluate(scrolledTo('h2, h3', at));
    await page.screenshot({ path: join(folder, name) });
  } finally {
    await page.close();
  }
}

/** In the page's own words. */
function scrolledTo(tag: string, text: string): string {
  return `[...document.querySelectorAll('${tag}')].find((each) => each.textContent === '${text}').scrollIntoView()`;
}
