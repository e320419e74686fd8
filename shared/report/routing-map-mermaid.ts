import { markSigns, queuesOf, type MapNode, type RoutingMap } from './routing-map.ts';

/**
 * The routing map as Mermaid, for wikis: one flowchart from channels to overflow.
 * https://mermaid.js.org/syntax/flowchart.html
 */
export function renderMapMermaid(map: RoutingMap): string {
  const names = new Map<string, string>();
  const lines = ['flowchart LR'];
  const nameOf = (key: string): string => {
    const name = names.get(key) ?? `n${names.size + 1}`;
    names.set(key, name);
    return name;
  };
  const declare = (node: MapNode, [open, close]: readonly [string, string]): string => {
    const isNew = !names.has(node.key);
    const name = nameOf(node.key);
    if (isNew) lines.push(`  ${name}${open}"${boxText(node)}"${close}`);
    return name;
  };
  for (const workstream of map.workstreams) {
    const { channel } = workstream;
    const start = declare({ key: `channel ${channel}`, title: channel, lines: [], marks: [] }, [
      '([',
      '])',
    ]);
    const own = declare(workstream, ['[', ']']);
    lines.push(`  ${start} --> ${own}`);
    for (const queue of queuesOf(map, workstream)) {
      const name = declare(queue, ['(', ')']);
      for (const node of queue.overflow) {
        const isNew = !names.has(node.key);
        const overflow = declare(node, ['{{', '}}']);
        if (isNew) lines.push(`  ${name} -. overflow .-> ${overflow}`);
      }
    }
    for (const ruleset of workstream.rulesets) {
      const rules = declare(ruleset, ['[/', '/]']);
      lines.push(`  ${own} --> ${rules}`);
      for (const key of new Set(ruleset.leadsTo))
        if (names.has(key)) lines.push(`  ${rules} --> ${nameOf(key)}`);
    }
    for (const { queue, why } of workstream.direct)
      if (names.has(queue)) lines.push(`  ${own} -. ${inert(why)} .-> ${nameOf(queue)}`);
  }
  return `${lines.join('\n')}\n`;
}

function boxText({ title, lines, marks }: MapNode): string {
  const texts = [title, ...lines, ...marks.map(({ kind, text }) => `${markSigns[kind]} ${text}`)];
  return texts.map(inert).join('<br/>');
}

/** Text from outside as inert Mermaid: everything but letters, digits and a few signs as entity codes. */
function inert(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\p{L}\p{N} .,!?+~→−-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`);
}
