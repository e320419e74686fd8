import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A package of others, some of whose code is in what we ship. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly license: string;
  /** Subresource integrity, as the lock file has it. */
  readonly integrity: string;
  /** The licence as the package ships it; empty where it ships none. */
  readonly text: string;
}

interface LockFile {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly integrity?: string }>
  >;
}

/** The packages that bundled files come from, sorted; every folder of `node_modules` counts once. */
export async function shippedPackages(
  inputs: Iterable<string>,
): Promise<readonly ShippedPackage[]> {
  const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as LockFile;
  const folders = new Set<string>();
  for (const input of inputs) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const packages = await Promise.all([...folders].map((folder) => readPackage(folder, lock)));
  const known = new Map(packages.map((each) => [`${each.name}@${each.version}`, each]));
  return [...known.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

async function readPackage(folder: string, lock: LockFile): Promise<ShippedPackage> {
  const told = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string | { readonly type: string };
  };
  const { name, version, license = '' } = told;
  const names = await readdir(folder);
  const own = names.filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const texts = await Promise.all(own.map((file) => readFile(join(folder, file), 'utf8')));
  return {
    name,
    version,
    license: typeof license === 'string' ? license : license.type,
    integrity: lock.packages[folder]?.integrity ?? '',
    text: texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n'),
  };
}

/** What the licences of others ask to be said. */
export function noticesText(packages: readonly ShippedPackage[]): string {
  const rule = '-'.repeat(80);
  const parts = packages.map(({ name, version, license, text }) =>
    [rule, `${name} ${version} (${license})`, rule, '', text, ''].join('\n'),
  );
  return [
    'THIRD-PARTY NOTICES',
    '',
    'Parts of the packages below are built into this software. Each comes under its own licence.',
    '',
    ...parts,
  ].join('\n');
}

/**
 * The bill of materials: cyclonedx.org/docs/1.5/json. Without a serial number and a time, which the
 * format does not ask for, so that the same input gives the same bytes.
 */
export function billOfMaterials(
  product: { readonly name: string; readonly version: string },
  packages: readonly ShippedPackage[],
): string {
  const purl = (name: string, version: string): string =>
    `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': purl(product.name, product.version),
        ...product,
        licenses: [{ license: { id: 'MIT' } }],
      },
    },
    components: packages.map(({ name, version, license, integrity }) => ({
      type: 'library',
      'bom-ref': purl(name, version),
      name,
      version,
      purl: purl(name, version),
      licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }],
      ...(integrity.startsWith('sha512-')
        ? { hashes: [{ alg: 'SHA-512', content: hex(integrity.slice(7)) }] }
        : {}),
    })),
    dependencies: [
      {
        ref: purl(product.name, product.version),
        dependsOn: packages.map(({ name, version }) => purl(name, version)),
      },
    ],
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

function hex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}
