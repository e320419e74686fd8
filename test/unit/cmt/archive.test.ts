import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { deflateRawSync, crc32 } from 'node:zlib';
import JSZip from 'jszip';
import { ZipFile } from 'yazl';
import { archiveLimits, openArchive, smallLimits, writeArchive } from '#shared/cmt/archive.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { each, neverAborted } from '#support/cmt-package.ts';
import { collect } from '#support/collect.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

/** Small archives are put together in memory, larger ones are streamed: either holds what the other holds. */
const ways = [
  ['put together in memory', smallLimits],
  ['written as a stream', { bytes: -1, entries: 0 }],
] as const;

for (const [way, small] of ways)
  describe(`an archive ${way}`, () => {
    const at = useTemporaryFolder();
    const zipped = async (parts: Parameters<typeof writeArchive>[1]): Promise<string> => {
      await writeArchive(at('a.zip'), parts, nodeFiles, small);
      return at('a.zip');
    };

    it('gives back what was put in, streamed or not, and other readers agree', async () => {
      const big = Buffer.alloc(3_000_000, 'abc');
      const path = await zipped([
        { name: 'data.xml', content: each([big, big]) },
        { name: 'b.xml', content: Buffer.from('b') },
      ]);
      const archive = await openArchive(path, nodeFiles);
      assert.deepEqual(archive.entries, [
        { name: 'data.xml', bytes: 6_000_000 },
        { name: 'b.xml', bytes: 1 },
      ]);
      const content = Buffer.concat(await collect(archive.read('data.xml', neverAborted)));
      assert.ok(content.equals(Buffer.concat([big, big])));
      const other = await JSZip.loadAsync(await readFile(path), { checkCRC32: true });
      assert.equal(await other.file('b.xml')?.async('string'), 'b');
    });

    it('is the same bytes every time', async () => {
      const write = async (): Promise<Buffer> =>
        readFile(await zipped([{ name: 'data.xml', content: each([Buffer.from('x')]) }]));
      assert.ok((await write()).equals(await write()));
    });

    it('is not there when writing fails', async () => {
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(Buffer.from('x'));
        throw new Error('the disk is gone');
      }
      await assert.rejects(zipped([{ name: 'data.xml', content: failing() }]), /the disk is gone/);
      assert.equal(await nodeFiles.stat(at('a.zip')), undefined);
      assert.deepEqual(await nodeFiles.list(at('.')), []);
    });
  });

describe('an archive of another writer', () => {
  const at = useTemporaryFolder();

  it('is read with the lengths of large archives, and with many entries', async () => {
    const zip = new ZipFile();
    for (let at = 0; at < 2000; at++)
      zip.addBuffer(Buffer.from('x'), `files/${String(at)}`, { forceZip64Format: true });
    zip.end({ forceZip64Format: true, comment: '' });
    await nodeFiles.write(at('a.zip'), zip.outputStream as unknown as AsyncIterable<Buffer>);
    const archive = await openArchive(at('a.zip'), nodeFiles);
    assert.equal(archive.entries.length, 2000);
    assert.equal(String(await collect(archive.read('files/7', neverAborted))), 'x');
  });

  it('ends with the reason where an entry holds more than it says', async () => {
    const entry = { name: 'data.xml', content: Buffer.alloc(5_000_000, 'a'), size: 10 };
    await writeFile(at('a.zip'), rawZip([entry]));
    const archive = await openArchive(at('a.zip'), nodeFiles);
    await assert.rejects(collect(archive.read('data.xml', neverAborted)), { code: 'URM1104' });
  });
});

describe('an archive of more than 65,535 entries', () => {
  const at = useTemporaryFolder();

  it('is written and read, and other readers agree', async () => {
    const names = Array.from({ length: 66_000 }, (_, n) => `files/${String(n)}.bin`);
    const content = Buffer.from('x');
    const parts = names.map((name) => ({ name, content }));
    await writeArchive(at('a.zip'), parts, nodeFiles);
    const archive = await openArchive(at('a.zip'), nodeFiles);
    assert.equal(archive.entries.length, names.length);
    for (const name of [names[0], names[65_535], names[65_999]]) {
      assert.ok(name !== undefined);
      assert.equal(String(await collect(archive.read(name, neverAborted))), 'x');
    }
    const other = await JSZip.loadAsync(await readFile(at('a.zip')));
    assert.equal(Object.keys(other.files).filter((name) => name.endsWith('.bin')).length, 66_000);
  }).timeout(200_000);
});

interface RawEntry {
  readonly name: string;
  readonly content?: Buffer;
  readonly flags?: number;
  readonly method?: number;
  readonly attributes?: number;
  readonly size?: number;
  readonly crc?: number;
}

/** A zip as no writer would make it. */
function rawZip(entries: readonly RawEntry[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = Buffer.from('x'), flags = 0, method = 8, ...rest } of entries) {
    const packed = method === 8 ? deflateRawSync(content) : content;
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(flags, 2);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(rest.crc ?? crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(rest.size ?? content.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(rest.attributes ?? 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([
        Buffer.from('PK\u0001\u0002'),
        Buffer.from([20, 3]),
        shared,
        tail,
        Buffer.from(name),
      ]),
    );
    bodies.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}

describe('an archive is refused', () => {
  const at = useTemporaryFolder();
  const open = async (
    entries: readonly RawEntry[],
    ...limits: Parameters<typeof openArchive>[2][]
  ): Promise<unknown> => {
    await writeFile(at('a.zip'), rawZip(entries));
    return openArchive(at('a.zip'), nodeFiles, ...limits);
  };

  for (const [what, name, reason] of [
    ['that leads out of its folder', '../evil.xml', /leads out of its folder/],
    ['that leads out from within', 'files/../../evil.xml', /leads out of its folder/],
    ['with an absolute path', '/etc/evil.xml', /absolute path/],
    ['with a drive letter', 'C:/evil.xml', /drive letter/],
    ['with a backslash', 'files\\evil.xml', /backslash/],
    ['with a control character', 'a\u0007.xml', /control character/],
  ] as const)
    it(what, async () => {
      await assert.rejects(open([{ name: 'data.xml' }, { name, flags: 0x800 }]), (error: Error) => {
        assert.match(error.message, reason);
        assert.match(error.message, /a\.zip/);
        return true;
      });
    });

  it('with the same entry twice, in any case', async () => {
    await assert.rejects(open([{ name: 'data.xml' }, { name: 'Data.xml' }]), /'Data.xml' twice/);
  });

  it('with a link', async () => {
    const attributes = (0o120777 << 16) >>> 0;
    await assert.rejects(open([{ name: 'data.xml', attributes }]), /is a link/);
  });

  it('with an encrypted entry', async () => {
    await assert.rejects(open([{ name: 'data.xml', flags: 1 }]), /encrypted/);
  });

  it('with a compression that no package uses', async () => {
    await assert.rejects(open([{ name: 'data.xml', method: 12 }]), /method 12/);
  });

  it('that expands as bombs do', async () => {
    const content = Buffer.alloc(1_000_000);
    const limits = { ...archiveLimits, entries: 10, bytes: 1e9, ratio: 200, freeBytes: 100_000 };
    await assert.rejects(open([{ name: 'data.xml', content }], limits), /zip bombs/);
    await assert.rejects(
      open([{ name: 'data.xml', content }], { ...limits, bytes: 500_000 }),
      /expands to more than 500000 bytes/,
    );
  });

  it('with too many entries', async () => {
    const limits = { ...archiveLimits, entries: 2, bytes: 1e9, ratio: 200, freeBytes: 1e9 };
    const entries = ['a', 'b', 'c'].map((name) => ({ name }));
    await assert.rejects(open(entries, limits), /more than 2 entries/);
  });

  it('that is none', async () => {
    await writeFile(at('a.zip'), 'This is a text.');
    await assert.rejects(openArchive(at('a.zip'), nodeFiles), { code: 'URM1104' });
    await writeFile(at('a.zip'), '');
    await assert.rejects(openArchive(at('a.zip'), nodeFiles), { code: 'URM1104' });
  });

  it('when a checksum or a length differs', async () => {
    for (const wrong of [{ crc: 1 }, { size: 5 }]) {
      await writeFile(
        at('a.zip'),
        rawZip([{ name: 'data.xml', content: Buffer.from('<a/>'), ...wrong }]),
      );
      const archive = await openArchive(at('a.zip'), nodeFiles);
      await assert.rejects(collect(archive.read('data.xml', neverAborted)), { code: 'URM1104' });
    }
    assert.ok((await stat(at('a.zip'))).size > 0);
  });
});
