import assert from 'node:assert/strict';
import { renderMapMermaid } from '#shared/report/routing-map-mermaid.ts';
import { renderMapSection } from '#shared/report/routing-map-html.ts';
import { drawNarrow, drawWide, renderMapPicture } from '#shared/report/routing-map-svg.ts';
import { elementsOf, readXml, type XmlElement } from '#shared/routing/xml-tree.ts';
import { aMap } from '#support/report-builders.ts';

const hostile = '</svg><script>alert(1)</script> "x" & `y` end[subgraph]';

function rootOf(svg: string): XmlElement {
  const reading = readXml(svg);
  if ('problem' in reading) throw new Error(reading.problem);
  return reading.root;
}

function descendants(element: XmlElement): readonly XmlElement[] {
  return elementsOf(element).flatMap((child) => [child, ...descendants(child)]);
}

function numberOf(element: XmlElement, name: string): number {
  return Number(element.attributes.get(name));
}

describe('the routing map as a picture', () => {
  it('is one well-formed SVG that asks for nothing from elsewhere', () => {
    const svg = renderMapPicture(aMap(5), 'Everything');
    const root = rootOf(svg);
    assert.equal(root.name, 'svg');
    assert.doesNotMatch(svg.replaceAll('http://www.w3.org/2000/svg', ''), /https?:|url\(|@import/);
    assert.match(svg, /Voice.*Live chat/s);
  });

  it('keeps boxes apart and texts inside them, for 5 and for 150 workstreams', () => {
    for (const count of [5, 150])
      for (const draw of [drawWide, drawNarrow]) {
        const map = aMap(count, 'A very long name of a line that nobody will read to its end');
        const { content, width, height } = draw(map, map.workstreams.at(-1) ?? assert.fail());
        const parts = descendants(rootOf(`<svg>${content}</svg>`));
        const boxes = parts.filter(({ name }) => name === 'rect');
        assert.ok(boxes.length >= 5);
        for (const [at, box] of boxes.entries()) {
          assert.ok(numberOf(box, 'x') + numberOf(box, 'width') <= width);
          assert.ok(numberOf(box, 'y') + numberOf(box, 'height') <= height);
          for (const other of boxes.slice(at + 1))
            assert.ok(
              numberOf(box, 'x') + numberOf(box, 'width') <= numberOf(other, 'x') ||
                numberOf(other, 'x') + numberOf(other, 'width') <= numberOf(box, 'x') ||
                numberOf(box, 'y') + numberOf(box, 'height') <= numberOf(other, 'y') ||
                numberOf(other, 'y') + numberOf(other, 'height') <= numberOf(box, 'y'),
              'two boxes overlap',
            );
        }
      }
  });

  it('says marks by sign and words, not by colour alone', () => {
    const svg = renderMapPicture(aMap(2), 'Marks');
    assert.match(svg, />~ name, by Ann</);
    assert.match(svg, />! is switched off</);
  });

  it('holds text from outside as text', () => {
    const svg = renderMapPicture(aMap(1, hostile), hostile);
    assert.equal(descendants(rootOf(svg)).filter(({ name }) => name === 'script').length, 0);
  });
});

describe('the routing map in the report', () => {
  it('folds long maps up, but for what is marked, and can be searched', () => {
    const html = renderMapSection(aMap(150)).join('\n');
    assert.match(html, /id="map-find"/);
    const folded = html.match(/<details class="map-workstream">/g)?.length ?? 0;
    // Every workstream reaches the marked queue here.
    assert.equal(folded, 0);
    const unmarked = {
      ...aMap(150),
      queues: aMap(1).queues.map((queue) => ({ ...queue, marks: [] })),
    };
    const quiet = renderMapSection(unmarked).join('\n');
    assert.equal(quiet.match(/<details class="map-workstream">/g)?.length, 149);
    assert.equal(quiet.match(/<details class="map-workstream" open>/g)?.length, 1);
  });

  it('links every queue to what is known of it', () => {
    const html = renderMapSection(aMap(1)).join('\n');
    for (const [, anchor = ''] of html.matchAll(/href="#([^"]+)"/g))
      assert.ok(html.includes(`id="${anchor}"`), anchor);
    assert.match(html, /Work comes from: Line 1/);
  });

  it('holds text from outside as text', () => {
    const html = renderMapSection(aMap(1, hostile)).join('\n');
    assert.equal(html.match(/<script>/g)?.length, 1);
  });

  it('is absent where nothing routes', () => {
    assert.deepEqual(renderMapSection({ workstreams: [], queues: [] }), []);
    assert.deepEqual(renderMapSection(undefined), []);
  });
});

describe('the routing map as Mermaid', () => {
  it('goes from channel to overflow', () => {
    const text = renderMapMermaid(aMap(1));
    assert.match(text, /^flowchart LR\n/);
    assert.match(text, /n1\(\["Voice"\]\)/);
    assert.match(text, /-\. overflow \.->/);
    assert.match(text, /-\. otherwise#58; default queue \.->/);
  });

  it('holds text from outside as text', () => {
    const text = renderMapMermaid(aMap(1, hostile));
    assert.doesNotMatch(text, /<script|`y`|\[subgraph\]/);
  });
});
