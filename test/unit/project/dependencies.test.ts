import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface PackageFile {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const own = JSON.parse(read('package.json')) as PackageFile;
const lock = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const direct = { ...own.dependencies, ...own.devDependencies, ...own.optionalDependencies };

/** Licences that ask for no more than their text to come along. */
const allowed = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  '0BSD',
  'Zlib',
  'WTFPL',
]);

/** What only builds or tests, looked at one by one: the licence as its package writes it. */
const allowedOfTools: Readonly<Record<string, string>> = {
  argparse: 'PSF-2.0',
  revalidator: 'Apache 2.0',
  winreg: 'BSD',
  // They name no licence in package.json; their readme or licence file does.
  cycle: '',
  dateformat: '',
  eyes: '',
  onecolor: '',
};

describe('dependencies', () => {
  it('have a reason each, and no reason stands for nothing', () => {
    const told = [...read('docs/dependencies.md').matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(
      ([, names = '']) => [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
    assert.deepEqual(told.toSorted(), Object.keys(direct).toSorted());
  });

  it('are imported or run by something', () => {
    const sources = ['shared', 'tasks', 'views', 'cli', 'emulator', 'scripts', 'test', 'bench']
      .flatMap((folder) => filesBelow(folder))
      .map(read)
      .concat(Object.values(own.scripts ?? {}));
    const unused = Object.keys(direct).filter(
      (name) => !name.startsWith('@types/') && !sources.some((text) => text.includes(name)),
    );
    // Types are used by the compiler, rules by the linter that loads them.
    assert.deepEqual(
      unused,
      ['oxlint-tsgolint', 'typescript'].filter((name) => unused.includes(name)),
    );
  });

  it('are of exact versions', () => {
    for (const [name, version] of Object.entries(direct))
      assert.match(version, /^\d+\.\d+\.\d+(?:-[\w.]+)?$/, name);
  });

  it('run no script of theirs when they are installed, and need none', () => {
    assert.match(read('.npmrc'), /^ignore-scripts=true$/m);
    const scripts = Object.keys(own.scripts ?? {});
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'])
      assert.ok(!scripts.includes(name), name);
    const withScripts = Object.entries(lock.packages).flatMap(([path, { hasInstallScript }]) =>
      hasInstallScript === true ? [path] : [],
    );
    // Its script only puts the binary of the platform, a package of its own, in place of a starter.
    assert.deepEqual(withScripts, ['node_modules/esbuild']);
  });

  it('that ship are what the lock file recorded', () => {
    const without = Object.entries(lock.packages).flatMap(([path, { dev, integrity = '' }]) =>
      path !== '' && dev !== true && !integrity.startsWith('sha512-') ? [path] : [],
    );
    assert.deepEqual(without, []);
  });

  it('come under licences that are allowed', () => {
    const strange: string[] = [];
    let looked = 0;
    for (const [path, { dev }] of Object.entries(lock.packages)) {
      if (path === '' || !existsSync(join(root, path, 'package.json'))) continue;
      looked += 1;
      const { name = '', license } = JSON.parse(read(`${path}/package.json`)) as {
        readonly name?: string;
        readonly license?: string | { readonly type?: string };
      };
      const said = typeof license === 'string' ? license : (license?.type ?? '');
      const isKnownTool = dev === true && allowedOfTools[name] === said;
      if (!isAllowed(said) && !isKnownTool) strange.push(`${path}: ${said}`);
    }
    assert.ok(looked > 300, `${looked} packages`);
    assert.deepEqual(strange, []);
  });

  it('are asked for known weaknesses by CI', () => {
    assert.match(read('azure-pipelines.yml'), /npm audit --omit=dev/);
  });
});

describe('a licence', () => {
  for (const [said, is] of [
    ['MIT', true],
    ['(MIT OR GPL-3.0-or-later)', true],
    ['(MIT AND Zlib)', true],
    ['WTFPL OR ISC', true],
    ['GPL-3.0-only', false],
    ['(MIT AND GPL-3.0-only)', false],
    ['SEE LICENSE IN LICENSE.md', false],
    ['', false],
  ] as const)
    it(`${said === '' ? 'that is not said' : said} is ${is ? 'allowed' : 'refused'}`, () => {
      assert.equal(isAllowed(said), is);
    });
});

/** Of alternatives one has to be allowed, of licences that hold together all. */
function isAllowed(expression: string): boolean {
  return expression
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((part) => part.split(' AND ').every((name) => allowed.has(name.trim())));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|mjs|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .filter((path) => !path.includes('fixtures'));
}
