import { escapeXml } from './escape.ts';
import {
  markSigns,
  markWords,
  marksOf,
  queuesOf,
  type MapMark,
  type MapNode,
  type RoutingMap,
} from './routing-map.ts';
import { anchorOf, drawNarrow, drawWide, inlineSvg, mapStyle } from './routing-map-svg.ts';

/** With more workstreams than this, only those with something to say are unfolded. */
const maxUnfolded = 12;

/** The routing map as a section of the report: readable without script, without colour, with keys only. */
export function renderMapSection(map: RoutingMap | undefined): readonly string[] {
  if (map === undefined || map.workstreams.length === 0) return [];
  const isShort = map.workstreams.length <= maxUnfolded;
  const channels = [...new Set(map.workstreams.map(({ channel }) => channel))];
  return [
    '<section id="routing-map" aria-labelledby="routing-map-title">',
    `<style>#routing-map svg{display:block;max-width:100%;height:auto}#routing-map .narrow{display:none}@media(max-width:1000px){#routing-map .wide{display:none}#routing-map .narrow{display:block}}#routing-map details{scroll-margin-top:1rem}${mapStyle}</style>`,
    '<h2 id="routing-map-title">Routing map</h2>',
    `<p class="muted">How work finds its way: channel, workstream, rulesets with their rules, queues, overflow. ${legend(map)}</p>`,
    ...(isShort ? [] : [finder]),
    ...channels.flatMap((channel) => [
      `<h3>${escapeXml(channel)}</h3>`,
      ...map.workstreams
        .filter((workstream) => workstream.channel === channel)
        .map((workstream) => {
          const marks = marksOf(map, workstream);
          const queues = queuesOf(map, workstream).length;
          const counts = `${counted(workstream.rulesets.length, 'ruleset')}, ${counted(queues, 'queue')}${marksTold(marks)}`;
          const label = `Routing of ${workstream.title}`;
          return `<details class="map-workstream"${isShort || marks.length > 0 ? ' open' : ''}><summary><strong>${escapeXml(workstream.title)}</strong> <span class="muted">${escapeXml(counts)}</span></summary>${inlineSvg(drawWide(map, workstream), label, 'wide')}${inlineSvg(drawNarrow(map, workstream), label, 'narrow')}</details>`;
        }),
    ]),
    '<h3>Queues</h3>',
    ...map.queues.map(
      (queue) =>
        `<details id="${anchorOf(queue.key)}" tabindex="-1"><summary><strong>${escapeXml(queue.title)}</strong>${escapeXml(marksTold(queue.marks))}</summary>${list(
          [
            ...nodeLines(queue),
            ...queue.overflow.flatMap((node) => [`Overflow: ${node.title}`, ...nodeLines(node)]),
            `Work comes from: ${comesFrom(map, queue.key)}`,
          ],
        )}</details>`,
    ),
    `<script>${mapScript}</script>`,
    '</section>',
  ];
}

const finder =
  '<p><label>Find in the map <input type="search" id="map-find"></label> <span id="map-found" role="status" class="muted"></span></p>';

/** Folds out the queue that a link leads to, and finds workstreams by their text. */
const mapScript = `
(function(){'use strict';
function unfold(){var target=location.hash&&document.getElementById(location.hash.slice(1));if(target&&target.tagName==='DETAILS'){target.open=true;target.querySelector('summary').focus()}}
window.addEventListener('hashchange',unfold);
var box=document.getElementById('map-find');if(!box)return;
var parts=[].slice.call(document.querySelectorAll('.map-workstream'));
box.addEventListener('input',function(){var wanted=box.value.toLowerCase(),found=0;
parts.forEach(function(part){var hit=part.textContent.toLowerCase().indexOf(wanted)>=0;part.hidden=!hit;if(hit)found++});
document.getElementById('map-found').textContent=found+' of '+parts.length+' workstreams'})})();
`;

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function legend(map: RoutingMap): string {
  const kinds = new Set(
    map.workstreams.flatMap((workstream) => marksOf(map, workstream).map(({ kind }) => kind)),
  );
  const told = [...kinds].map((kind) => `${markSigns[kind]} ${markWords[kind]}`);
  return escapeXml(told.length === 0 ? 'Nothing is marked.' : `Marks: ${told.join(', ')}.`);
}

function marksTold(marks: readonly MapMark[]): string {
  const kinds = [...new Set(marks.map(({ kind }) => kind))];
  return kinds
    .map(
      (kind) =>
        `, ${marks.filter((mark) => mark.kind === kind).length} × ${markSigns[kind]} ${markWords[kind]}`,
    )
    .join('');
}

function nodeLines({ lines, marks }: MapNode): readonly string[] {
  return [...lines, ...marks.map(({ kind, text }) => `${markSigns[kind]} ${text}`)];
}

function comesFrom(map: RoutingMap, key: string): string {
  const from = map.workstreams
    .filter((workstream) => queuesOf(map, workstream).some((queue) => queue.key === key))
    .map(({ title }) => title);
  return from.length === 0 ? 'no workstream of this map' : from.join(', ');
}

function list(lines: readonly string[]): string {
  return `<ul>${lines.map((line) => `<li>${escapeXml(line)}</li>`).join('')}</ul>`;
}
