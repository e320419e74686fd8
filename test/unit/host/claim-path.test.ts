import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { relative } from 'node:path';
import { claimAddress, claimPath } from '#shared/host/claim-path.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

describe('a claim on a path', () => {
  const at = useTemporaryFolder();

  it('is given once, and again when it was released', async () => {
    const first = await claimPath(at('out'));
    assert.ok(first !== undefined);
    assert.equal(await claimPath(at('out')), undefined);
    const other = await claimPath(at('other'));
    assert.ok(other !== undefined);
    await other.release();
    await first.release();
    const again = await claimPath(at('out'));
    assert.ok(again !== undefined);
    await again.release();
  });

  it('is one for all spellings, also before there is anything', async () => {
    await mkdir(at('folder'));
    await symlink(at('folder'), at('link'));
    const claim = await claimPath(at('folder/out'));
    for (const spelling of [
      at('folder/out/'),
      at('folder/../folder/out'),
      at('link/out'),
      relative(process.cwd(), at('folder/out')),
    ])
      assert.equal(await claimPath(spelling), undefined, spelling);
    await claim?.release();
  });

  describe('where sockets are files', () => {
    before(function () {
      if (process.platform === 'win32') this.skip();
    });

    it('is given as long as nobody alive has it', async () => {
      const address = at('a.sock');
      const first = await claimAddress(address);
      assert.ok(first !== undefined);
      assert.equal(await claimAddress(address), undefined);
      await first.release();
      assert.equal(existsSync(address), false);
    });

    it('takes over from a process that was killed', async () => {
      const server = createServer().listen(at('killed.sock'));
      await once(server, 'listening');
      // A kill leaves the file, which closing takes away.
      await link(at('killed.sock'), at('b.sock'));
      await new Promise((done) => server.close(done));
      const claim = await claimAddress(at('b.sock'));
      assert.ok(claim !== undefined);
      assert.equal(await claimAddress(at('b.sock')), undefined);
      await claim.release();
    });

    it('hinders nobody where this machine lets nobody listen', async () => {
      await writeFile(at('file'), '');
      const claim = await claimAddress(at('file/in-a-file.sock'));
      assert.ok(claim !== undefined);
      await claim.release();
      await rm(at('file'));
    });
  });
});
