import {
  getAccessToken,
  getConfiguration,
  getService,
  init,
  ready,
} from 'azure-devops-extension-sdk';
import { renderPage, type ReportPage } from '#shared/report/html.ts';
import { reportsOf, type Run, type RunReport } from './run-attachments.ts';

/** What the run page hands to a tab of its results. */
interface TabConfiguration {
  onBuildChanged(changed: (build: Build) => void): void;
}

interface Build {
  readonly id: number;
  readonly project: { readonly id: string };
}

interface LocationService {
  getServiceLocation(): Promise<string>;
}

const nav = document.querySelector('nav');
const status = document.querySelector('p');
let frame: HTMLIFrameElement | undefined;
let shown: ReportPage | undefined;

void start();

async function start(): Promise<void> {
  await init({ loaded: true, applyTheme: true });
  await ready();
  const configuration = getConfiguration() as Partial<TabConfiguration>;
  if (configuration.onBuildChanged === undefined) {
    say('This page belongs on the results of a run.');
    return;
  }
  configuration.onBuildChanged((build) => void show(build));
  window.addEventListener('themeChanged', () => {
    if (shown !== undefined) draw(shown);
  });
}

/** Lists the reports of a run, and opens the last. */
async function show(build: Build): Promise<void> {
  try {
    const location = await getService<LocationService>('ms.vss-features.location-service');
    const run: Run = {
      collectionUrl: await location.getServiceLocation(),
      projectId: build.project.id,
      buildId: build.id,
      accessToken: getAccessToken,
    };
    const reports = await reportsOf(run);
    nav?.replaceChildren(...reports.map((report) => button(report, reports)));
    const last = nav?.lastElementChild;
    if (last instanceof HTMLButtonElement) last.click();
    else say('No task of this run has left a report yet.');
  } catch (error) {
    say(`The reports cannot be shown: ${error instanceof Error ? error.message : 'unknown'}.`);
  }
}

function button(report: RunReport, all: readonly RunReport[]): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = labelOf(report, all);
  element.addEventListener('click', () => {
    for (const other of nav?.querySelectorAll('button') ?? [])
      other.setAttribute('aria-pressed', String(other === element));
    report.load().then(draw, (error: unknown) => {
      say(`The report cannot be shown: ${error instanceof Error ? error.message : 'unknown'}.`);
    });
  });
  return element;
}

/** Only what tells it from the others. */
function labelOf({ place }: RunReport, all: readonly RunReport[]): string {
  const alike = all.filter((other) => other.place.stage === place.stage);
  const attempts = alike.filter((other) => other.place.pipelineStage === place.pipelineStage);
  return [
    place.stage,
    ...(alike.length > 1 && place.pipelineStage !== '' ? [place.pipelineStage] : []),
    ...(attempts.length > 1 ? [`attempt ${place.attempt}`] : []),
  ].join(' · ');
}

/**
 * The page in a frame without rights: no origin, no token, no way to the page around it. It is built
 * here from data; nothing that was attached becomes markup.
 */
function draw(page: ReportPage): void {
  shown = page;
  frame?.remove();
  frame = document.createElement('iframe');
  frame.title = page.title;
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = renderPage(page, isDark() ? 'dark' : 'light');
  document.body.append(frame);
  say('');
}

/** The host's theme, from the colour it gives to the background. */
function isDark(): boolean {
  const [red = 255, green = 255, blue = 255] = (
    getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? []
  ).map(Number);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}

function say(text: string): void {
  if (status === null) return;
  status.textContent = text;
  status.hidden = text === '';
}
