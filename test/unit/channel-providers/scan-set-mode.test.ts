import assert from 'node:assert/strict';
import {
  scanSetMode,
  scriptAddresses,
  type ModeVerdict,
} from '#shared/channel-providers/scan-set-mode.ts';

const verdicts = async (text: string, name = 'panel.js'): Promise<readonly ModeVerdict[]> => {
  const { calls, problem } = await scanSetMode(text, name);
  assert.equal(problem, undefined);
  return calls.map(({ verdict }) => verdict);
};
const docked: ModeVerdict = { is: 'docked' };
const other = (mode: number): ModeVerdict => ({ is: 'other', mode });
const unknown = (expression: string): ModeVerdict => ({ is: 'unknown', expression });

describe('the scan for setMode', () => {
  for (const [title, text, expected, name] of [
    ['a plain call', 'Microsoft.CIFramework.setMode(1);', [docked]],
    ['another mode', 'Microsoft.CIFramework.setMode(0)', [other(0)]],
    ['a hidden panel', 'window.Microsoft.CIFramework.setMode(2)', [other(2)]],
    ['no call at all', 'console.log("setMode(1)"); // Microsoft.CIFramework.setMode(1)', []],
    [
      'a minified bundle',
      '!function(){var e=window,t=e.Microsoft.CIFramework;t.setMode(1).then((function(){}),(function(n){console.error(n)}))}();',
      [docked],
    ],
    [
      'a call as bundlers write it',
      'var cif_1 = __webpack_require__(42); (0, cif_1.Microsoft.CIFramework.setMode)(1);',
      [docked],
    ],
    [
      'a function that was taken out of its object',
      'const { setMode } = Microsoft.CIFramework; setMode(1);',
      [docked],
    ],
    [
      'a function under another name',
      'const dock = Microsoft.CIFramework.setMode; dock(0x1);',
      [docked],
    ],
    [
      'call and apply',
      'const c = Microsoft.CIFramework; c.setMode.call(c, 1); c.setMode.apply(c, [0]);',
      [docked, other(0)],
    ],
    [
      'a chain of promises',
      'Microsoft.CIFramework.createSession({}).then(() => Microsoft.CIFramework.setMode(1)).then(() => setPanelWidth(400)).catch(console.error);',
      [docked],
    ],
    ['an optional chain', 'window.Microsoft?.CIFramework?.setMode?.(1)', [docked]],
    [
      'TypeScript',
      'declare const Microsoft: any; export const show = async (): Promise<void> => { await (Microsoft.CIFramework as Framework).setMode(1 as Mode); };',
      [docked],
      'panel.ts',
    ],
    [
      'TSX',
      'export const Panel = (): Element => <button onClick={() => void Microsoft.CIFramework.setMode(1)}>Show</button>;',
      [docked],
      'panel.tsx',
    ],
    [
      'a constant of the same file',
      'const DOCKED = 1; Microsoft.CIFramework.setMode(DOCKED);',
      [docked],
    ],
    [
      "the constants of Microsoft's samples",
      'const DisplayMode = Object.freeze({ Minimized: 0, Docked: 1 }); Microsoft.CIFramework.setMode(DisplayMode.Docked); Microsoft.CIFramework.setMode(DisplayMode.Minimized);',
      [docked, other(0)],
    ],
    [
      'an enum',
      'enum Mode { Minimized, Docked, Hidden } Microsoft.CIFramework.setMode(Mode.Docked); Microsoft.CIFramework.setMode(Mode.Hidden);',
      [docked, other(2)],
      'panel.ts',
    ],
    [
      'an enum as compilers write it',
      'var Mode; (function (Mode) { Mode[Mode["Minimized"] = 0] = "Minimized"; Mode[Mode["Docked"] = 1] = "Docked"; })(Mode || (Mode = {})); Microsoft.CIFramework.setMode(Mode.Docked);',
      [docked],
    ],
    [
      'a constant from elsewhere',
      "import { DisplayMode } from './modes.js'; Microsoft.CIFramework.setMode(DisplayMode.Docked);",
      [unknown('DisplayMode.Docked')],
    ],
    [
      'a parameter that shadows a constant',
      'const mode = 1; function show(mode) { Microsoft.CIFramework.setMode(mode); }',
      [unknown('mode')],
    ],
    ['a choice', 'Microsoft.CIFramework.setMode(busy ? 1 : 0)', [unknown('busy ? 1 : 0')]],
    [
      'a variable that changes',
      'let mode = 1; mode = 0; Microsoft.CIFramework.setMode(mode)',
      [unknown('mode')],
    ],
    ['an editor with a method of that name', 'editor.session.setMode("ace/mode/javascript")', []],
    [
      'a page with scripts',
      '<!doctype html><script type="application/json">{}</script>\n<script>\n  Microsoft.CIFramework.setMode(1)\n</script>',
      [docked],
      'panel.html',
    ],
    [
      'JSX in plain JavaScript',
      'const a = <b>{Microsoft.CIFramework.setMode(1)}</b>;',
      [docked],
      'panel.jsx',
    ],
  ] as readonly (readonly [string, string, readonly ModeVerdict[], string?])[])
    it(`tells ${title}`, async () => {
      assert.deepEqual(await verdicts(text, name), expected);
    });

  it('tells line and column in the file, also inside a page', async () => {
    const script = await scanSetMode('// panel\n  Microsoft.CIFramework.setMode(1);\n', 'panel.js');
    assert.deepEqual(script.calls[0], { line: 2, column: 3, verdict: docked });
    const page = await scanSetMode(
      '<html>\n<script>\nvar x;\nMicrosoft.CIFramework.setMode(0);\n</script></html>',
      'panel.html',
    );
    assert.deepEqual(page.calls[0], { line: 4, column: 1, verdict: other(0) });
    const inline = await scanSetMode('<script>Microsoft.CIFramework.setMode(1)</script>', 'a.htm');
    assert.deepEqual(inline.calls[0], { line: 1, column: 9, verdict: docked });
  });

  it('says what it cannot read, and goes on with the rest of a page', async () => {
    const { calls, problem } = await scanSetMode(
      '<html><script>this is no script</script><script>Microsoft.CIFramework.setMode(1)</script>',
      'panel.html',
    );
    assert.equal(calls.length, 1);
    assert.match(problem ?? '', /MissingSemicolon/);
    const broken = await scanSetMode('function ( {', 'panel.js');
    assert.match(broken.problem ?? '', /\(1:\d+\)/);
  });

  for (const [title, text] of [
    ['marks of types after one another', `const a = b${'!'.repeat(20_000)};`],
    ['calls of what a call gives', `a${'()'.repeat(20_000)};`],
    ['members of members', `${'a.'.repeat(20_000)}b();`],
    ['a long list', `const a = [${'1,'.repeat(300_000)}];`],
  ] as const)
    it(`goes through ${title}`, async () => {
      const code = `${text}\nMicrosoft.CIFramework.setMode(1);`;
      assert.deepEqual(await verdicts(code, 'panel.ts'), [docked]);
    });

  it('says what is nested too deep for the parser', async () => {
    const { problem } = await scanSetMode(`${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'panel.js');
    assert.equal(problem, 'it is nested too deep');
  });

  it('says what the parser would take years for', async () => {
    const scanned = await scanSetMode('(((((<a>b['.repeat(12), 'panel.ts', 100);
    assert.equal(scanned.problem, 'the parser does not come to an end with it');
  });

  it('takes no longer for a page because it has many scripts', async () => {
    const script = `<script>f(${'1,'.repeat(200_000)})</script>`;
    const before = performance.now();
    const { problem } = await scanSetMode(script.repeat(20), 'panel.html', 20);
    assert.equal(problem, 'the parser does not come to an end with it');
    assert.ok(performance.now() - before < 2000);
  });

  it('finds the scripts that a page loads', () => {
    assert.deepEqual(
      scriptAddresses(
        `<script src="a.js"></script><script data-x src='b.js'></script><script src=c.js>`,
      ),
      ['a.js', 'b.js', 'c.js'],
    );
  });
});
