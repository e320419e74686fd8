import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pageOf, renderPage } from '#shared/report/html.ts';
import { aCreate, aMap, aPlanHead, aResult } from '#support/report-builders.ts';
import { readPage } from '../../../views/results/read-page.ts';

const page = pageOf({
  title: 'Unified Routing: Plan',
  result: aResult(),
  plan: { head: aPlanHead(), actions: [aCreate()], omitted: 0 },
  routing: aMap(3),
});

describe('what was attached to a run', () => {
  it('reads back as the page it was', () => {
    const attached: unknown = JSON.parse(JSON.stringify(page));
    assert.deepEqual(readPage(attached), attached);
    assert.equal(renderPage(readPage(attached)), renderPage(page));
  });

  it('shows a map without the parts that are none', () => {
    const [first] = page.routing?.workstreams ?? [];
    const attached = {
      ...page,
      routing: {
        workstreams: [{ ...first, marks: [{ kind: '"><script>', text: 'x' }] }, { title: 1 }, null],
        queues: 'none',
      },
    };
    const { routing } = readPage(attached);
    assert.deepEqual(routing, { workstreams: [{ ...first, marks: [] }], queues: [] });
  });

  it('is a page that can be drawn, or refused, whatever it is', () => {
    const anything = fc.record(
      {
        title: fc.string(),
        outcome: fc.constantFrom('succeeded', 'failed', 'other'),
        data: fc.object(),
        images: fc.anything(),
        routing: fc.oneof(
          fc.anything(),
          fc.record({
            workstreams: fc.array(
              fc.record({
                key: fc.string(),
                title: fc.string(),
                channel: fc.string(),
                lines: fc.anything(),
                marks: fc.anything(),
                rulesets: fc.anything(),
                direct: fc.anything(),
              }),
            ),
            queues: fc.anything(),
          }),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anything, (value) => {
        let read: ReturnType<typeof readPage>;
        try {
          read = readPage(value);
        } catch (error) {
          assert.match(String(error), /no report of this version/);
          return;
        }
        assert.ok(renderPage(read).startsWith('<!doctype html>'));
      }),
    );
  });
});
