import { escapeXml } from './escape.ts';
import {
  markSigns,
  queuesOf,
  type MapNode,
  type MapWorkstream,
  type RoutingMap,
} from './routing-map.ts';

/** A drawing of one workstream: its size, and its elements without the surrounding `<svg>`. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly content: string;
}

type Kind = 'workstream' | 'ruleset' | 'queue' | 'overflow';
/** Only the narrow drawing has a box for what leads to a queue without a rule. */
type BoxKind = Kind | 'direct';

interface Box {
  readonly node: MapNode;
  readonly kind: BoxKind;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
}

interface Line {
  readonly text: string;
  readonly style: 'kind' | 'title' | 'plain' | MapNode['marks'][number]['kind'];
}

interface Edge {
  readonly from: Box;
  readonly to: Box;
  readonly label?: string;
  readonly dashed: boolean;
}

const lineHeight = 17;
const padding = 9;
const gap = 14;
/** Of a letter of 13 pixels, on average; a little wide, so that nothing sticks out. */
const charWidth = 6.9;
const boldCharWidth = 7.6;

const kindWords = {
  workstream: 'Workstream',
  ruleset: 'Ruleset',
  queue: 'Queue',
  overflow: 'Overflow',
  direct: 'Without a rule',
} as const satisfies Record<BoxKind, string>;

/** Columns of the wide drawing: left edge and width by kind. */
const columns = {
  workstream: { x: 0, width: 200 },
  ruleset: { x: 250, width: 400 },
  queue: { x: 700, width: 240 },
  overflow: { x: 980, width: 180 },
} as const satisfies Record<Kind, { x: number; width: number }>;

const wideWidth = 1160;
const narrowWidth = 340;

/** One workstream from left to right: workstream, rulesets with their rules, queues, overflow. */
export function drawWide(map: RoutingMap, workstream: MapWorkstream): Drawing {
  const queues = queuesOf(map, workstream);
  const start = boxOf(workstream, 'workstream', { ...columns.workstream, y: 0 });
  const rulesets = stack(workstream.rulesets, 'ruleset');
  const queueBoxes: Box[] = [];
  const overflowBoxes: Box[] = [];
  const edges: Edge[] = [];
  let y = 0;
  for (const queue of queues) {
    const box = boxOf(queue, 'queue', { ...columns.queue, y });
    queueBoxes.push(box);
    let overflowY = y;
    for (const node of queue.overflow) {
      const overflow = boxOf(node, 'overflow', { ...columns.overflow, y: overflowY });
      overflowBoxes.push(overflow);
      edges.push({ from: box, to: overflow, dashed: true });
      overflowY += overflow.height + gap;
    }
    y = Math.max(y + box.height + gap, overflowY);
  }
  const boxFor = (key: string): Box | undefined => queueBoxes.find(({ node }) => node.key === key);
  workstream.rulesets.forEach((ruleset, at) => {
    const box = rulesets[at];
    if (box === undefined) return;
    edges.push({ from: start, to: box, dashed: false });
    for (const key of new Set(ruleset.leadsTo)) {
      const to = boxFor(key);
      if (to !== undefined) edges.push({ from: box, to, dashed: false });
    }
  });
  for (const { queue, why } of workstream.direct) {
    const to = boxFor(queue);
    if (to !== undefined) edges.push({ from: start, to, label: why, dashed: true });
  }
  const below = Math.max(0, ...rulesets.map(({ y: top, height }) => top + height)) + gap;
  const boxes = [start, ...rulesets, ...queueBoxes, ...overflowBoxes];
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  const direct = edges.some(({ label }) => label !== undefined);
  const height = (direct ? Math.max(bottom, below + gap) : bottom) + 4;
  const lanes = new Map<Edge, number>();
  edges.forEach((edge) => {
    if (edge.label !== undefined) lanes.set(edge, below + lanes.size * 16);
  });
  return {
    width: wideWidth,
    height: Math.max(height, ...[...lanes.values()].map((lane) => lane + 12)),
    content: [...edges.map((edge) => wideEdge(edge, lanes.get(edge))), ...boxes.map(boxText)].join(
      '',
    ),
  };
}

/** The same from top to bottom, for narrow screens: what a box leads to stands indented below it. */
export function drawNarrow(map: RoutingMap, workstream: MapWorkstream): Drawing {
  const boxes: Box[] = [];
  const rails: string[] = [];
  let y = 0;
  const place = (node: MapNode, kind: BoxKind, level: number, parent?: Box): Box => {
    const x = level * 18;
    const box = boxOf(node, kind, { x, y, width: narrowWidth - x });
    y += box.height + gap;
    boxes.push(box);
    if (parent !== undefined) {
      const rail = parent.x + 9;
      const middle = box.y + 16;
      rails.push(
        `<path class="rm-edge" d="M${rail} ${parent.y + parent.height}V${middle}H${box.x}"/>`,
      );
    }
    return box;
  };
  const start = place(workstream, 'workstream', 0);
  const shown = new Set<string>();
  const placeQueue = (key: string, level: number, parent: Box): void => {
    const queue = map.queues.find((each) => each.key === key);
    if (queue === undefined) return;
    // A queue that stands there already is only named again.
    const isNew = !shown.has(key);
    shown.add(key);
    const node = isNew ? queue : { ...queue, lines: ['shown above'], marks: [] };
    const box = place(node, 'queue', level, parent);
    if (isNew) for (const overflow of queue.overflow) place(overflow, 'overflow', level + 1, box);
  };
  for (const ruleset of workstream.rulesets) {
    const box = place(ruleset, 'ruleset', 1, start);
    for (const key of new Set(ruleset.leadsTo)) placeQueue(key, 2, box);
  }
  for (const { queue, why } of workstream.direct) {
    const label = { key: `${workstream.key} ${why}`, title: why, lines: [], marks: [] };
    placeQueue(queue, 2, place(label, 'direct', 1, start));
  }
  return {
    width: narrowWidth,
    height: Math.max(y - gap, 0) + 4,
    content: [...rails, ...boxes.map(boxText)].join(''),
  };
}

/** A drawing as an element of a page. */
export function inlineSvg(drawing: Drawing, label: string, className: string): string {
  const { width, height, content } = drawing;
  return `<svg class="${className}" role="group" aria-label="${escapeXml(label)}" width="${width}" height="${height}" viewBox="-2 -2 ${width + 4} ${height + 4}" xmlns="http://www.w3.org/2000/svg">${content}</svg>`;
}

/** The whole map as one picture with a file of its own, for pages that cannot hold elements. */
export function renderMapPicture(map: RoutingMap, title: string): string {
  const parts: string[] = [];
  let y = 34;
  let channel = '';
  for (const workstream of map.workstreams) {
    const { height, content } = drawWide(map, workstream);
    if (workstream.channel !== channel) {
      channel = workstream.channel;
      parts.push(`<text class="rm-channel" x="0" y="${y + 12}">${escapeXml(channel)}</text>`);
      y += 24;
    }
    parts.push(`<g transform="translate(0 ${y})">${content}</g>`);
    y += height + 28;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeXml(title)}" width="${wideWidth + 32}" height="${y + 16}" viewBox="-16 -16 ${wideWidth + 32} ${y + 16}">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>svg{background:#fff;--ink:#1b1b1f;--paper:#fff;--soft:#f2f3f5;--line:#6b7078;--good:#0b6a2b;--warn:#7a4b00;--bad:#a4161a;--link:#0b57a4}${mapStyle}</style>`,
    `<rect class="rm-paper" x="-16" y="-16" width="100%" height="100%"/>`,
    `<text class="rm-heading" x="0" y="12">${escapeXml(title)}</text>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** Classes of the drawings; colours are the page's own. */
export const mapStyle = `.rm-paper{fill:var(--paper)}.rm-box{fill:var(--paper);stroke:var(--ink);stroke-width:1.2}.rm-workstream .rm-box{fill:var(--soft);stroke-width:2}.rm-queue .rm-box{rx:14}.rm-overflow .rm-box{stroke-dasharray:5 3}.rm-edge{fill:none;stroke:var(--ink);stroke-opacity:.65;stroke-width:1.3}.rm-dashed{stroke-dasharray:5 4}.rm-arrow{fill:var(--ink);fill-opacity:.8}text{font:13px system-ui,"Segoe UI",Arial,sans-serif;fill:var(--ink)}.rm-kind{font-size:11px;letter-spacing:.03em}.rm-title{font-weight:600}.rm-heading{font-size:17px;font-weight:600}.rm-channel{font-size:14px;font-weight:600}.rm-label{font-size:11px}.rm-new,.rm-extra{fill:var(--good);font-weight:600}.rm-changed{fill:var(--warn);font-weight:600}.rm-missing,.rm-problem{fill:var(--bad);font-weight:600}.rm-to-do{fill:var(--link)}a:focus-visible .rm-box{stroke:var(--link);stroke-width:3}`;

function stack(nodes: readonly MapNode[], kind: 'ruleset'): readonly Box[] {
  const boxes: Box[] = [];
  let y = 0;
  for (const node of nodes) {
    const box = boxOf(node, kind, { ...columns[kind], y });
    boxes.push(box);
    y += box.height + gap;
  }
  return boxes;
}

function boxOf(
  node: MapNode,
  kind: BoxKind,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): Box {
  const chars = Math.floor((width - 2 * padding) / charWidth);
  const boldChars = Math.floor((width - 2 * padding) / boldCharWidth);
  const lines: Line[] = [
    { text: kindWords[kind], style: 'kind' },
    ...wrap(node.title, boldChars).map((text): Line => ({ text, style: 'title' })),
    ...node.lines
      .flatMap((line) => wrap(line, chars))
      .map((text): Line => ({ text, style: 'plain' })),
    ...node.marks.flatMap(({ kind: mark, text }) =>
      wrap(`${markSigns[mark]} ${text}`, boldChars).map((part): Line => ({
        text: part,
        style: mark,
      })),
    ),
  ];
  return { node, kind, x, y, width, height: lines.length * lineHeight + 2 * padding - 4, lines };
}

function boxText({ node, kind, x, y, width, height, lines }: Box): string {
  const texts = lines.map(({ text, style }, at) => {
    const top = y + padding + 11 + at * lineHeight;
    return `<text class="rm-${style}" x="${x + padding}" y="${top}">${escapeXml(text)}</text>`;
  });
  const box = `<rect class="rm-box" x="${x}" y="${y}" width="${width}" height="${height}" rx="5"/>${texts.join('')}`;
  const group = `<g class="rm-${kind}">${box}</g>`;
  return kind === 'queue'
    ? `<a href="#${anchorOf(node.key)}" aria-label="${escapeXml(`Queue ${node.title}`)}">${group}</a>`
    : group;
}

/** The id of a queue's entry below the map. */
export function anchorOf(key: string): string {
  return `map-${key.replaceAll(/[^A-Za-z0-9]+/g, '-')}`;
}

function wideEdge({ from, to, label, dashed }: Edge, lane: number | undefined): string {
  const className = dashed ? 'rm-edge rm-dashed' : 'rm-edge';
  const startY = from.y + Math.min(from.height / 2, 26);
  const endY = to.y + Math.min(to.height / 2, 26);
  const arrow = `<path class="rm-arrow" d="M${to.x} ${endY}l-8 -4v8z"/>`;
  if (lane !== undefined) {
    // Past the rulesets, below them.
    const startX = from.x + from.width / 2;
    const turn = to.x - 26;
    return `<path class="${className}" d="M${startX} ${from.y + from.height}V${lane}H${turn}C${turn + 14} ${lane} ${turn} ${endY} ${to.x - 6} ${endY}"/>${arrow}<text class="rm-label" x="${from.x + from.width + 8}" y="${lane - 4}">${escapeXml(label ?? '')}</text>`;
  }
  const startX = from.x + from.width;
  const middle = (startX + to.x) / 2;
  return `<path class="${className}" d="M${startX} ${startY}C${middle} ${startY} ${middle} ${endY} ${to.x - 6} ${endY}"/>${arrow}`;
}

/** Breaks a text into lines at blanks; a word that is too long is broken anywhere. */
function wrap(text: string, chars: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length <= chars) {
      line = `${line} ${rest}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (rest.length > chars) {
      lines.push(rest.slice(0, chars));
      rest = rest.slice(chars);
    }
    line = rest;
  }
  if (line !== '') lines.push(line);
  return lines.length === 0 ? [''] : lines;
}
