import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSystemError } from '#shared/errors/file-system-error.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return error;
  }
}

describe('an error of the file system', () => {
  const at = useTemporaryFolder();

  it('is told in three parts, with the path', async () => {
    const path = join(at('nothing'), 'here.json');
    const error = fileSystemError(await thrownBy(readFile(path)));
    assert.ok(error !== undefined);
    assert.equal(error.code, 'URM1004');
    assert.equal(error.where, path);
    assert.match(error.message, /went away/);
    assert.ok(error.cause instanceof Error);
  });

  it('finds the path in the text where it stands nowhere else', () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write '/run/x'"), {
      code: 'ENOSPC',
    });
    const error = fileSystemError(full);
    assert.equal(error?.what, 'The disk is full');
    assert.equal(error?.where, '/run/x');
  });

  it('is nothing that the network or the tool does', () => {
    for (const other of [new Error('x'), Object.assign(new Error('x'), { code: 'ECONNRESET' }), 1])
      assert.equal(fileSystemError(other), undefined);
  });
});
