import assert from 'node:assert/strict';
import type { Finding } from '#shared/errors/finding.ts';
import { rootCauses } from '#shared/report/root-causes.ts';

const refused = (where: string, detail = ''): Finding => ({
  severity: 'error',
  code: 'URM1401',
  where,
  summary: 'The environment refused to create the row: prvCreateQueue is missing',
  detail,
  remedy: 'Correct the cause.',
});
const waits = (where: string, cause: Finding): Finding => ({
  severity: 'error',
  code: 'URM1402',
  where,
  summary: 'The row was held back',
  detail: `${cause.where}: ${cause.summary}`,
  remedy: 'Resolve the finding of the row it needs.',
});

describe('the causes behind findings', () => {
  it('are one where findings differ in place and figures only', () => {
    const first = refused('queue 1', '403 request a');
    const second = refused('queue 2', '403 request b');
    assert.deepEqual(rootCauses([first, second]), [
      { finding: first, elsewhere: [second], heldBack: [] },
    ]);
  });

  it('carry the rows that wait for them, in whichever order they were found', () => {
    const first = refused('queue 1');
    const second = refused('queue 2');
    const waiting = [waits('workstream 1', second), waits('workstream 2', first)];
    assert.deepEqual(rootCauses([...waiting, first, second]), [
      { finding: first, elsewhere: [second], heldBack: waiting },
    ]);
  });

  it('are the waiting row itself where what it waits for is not among them', () => {
    const alone = waits('workstream 1', refused('queue 1'));
    assert.deepEqual(rootCauses([alone]), [{ finding: alone, elsewhere: [], heldBack: [] }]);
  });

  it('are one for each input, however alike their texts are', () => {
    const wrong = (where: string): Finding => ({ ...refused(where), code: 'URM1001' });
    assert.equal(rootCauses([wrong('packagePath'), wrong('outputPath')]).length, 2);
  });

  it('lose no finding', () => {
    const findings = [
      refused('a'),
      refused('b'),
      waits('c', refused('a')),
      waits('d', refused('x')),
    ];
    const told = rootCauses(findings).flatMap(({ finding, elsewhere, heldBack }) => [
      finding,
      ...elsewhere,
      ...heldBack,
    ]);
    assert.deepEqual(new Set(told), new Set(findings));
  });
});
