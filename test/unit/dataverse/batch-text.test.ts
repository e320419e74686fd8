import assert from 'node:assert/strict';
import fc from 'fast-check';
import { boundaryOf, composeBatch, parseBatch } from '#shared/dataverse/batch-text.ts';

const root = '/api/data/v9.2/';

describe('batch text', () => {
  it('writes each part with its own headers and one closing boundary', () => {
    const text = composeBatch(
      [
        { method: 'GET', path: 'queues?$top=1', headers: { Prefer: 'odata.maxpagesize=1' } },
        { method: 'PATCH', path: 'queues(1)', headers: { 'If-Match': '*' }, body: '{"name":"A"}' },
      ],
      'batch_x',
      root,
    );
    assert.equal(
      text,
      [
        '--batch_x',
        'Content-Type: application/http',
        'Content-Transfer-Encoding: binary',
        'Content-ID: 1',
        '',
        'GET /api/data/v9.2/queues?$top=1 HTTP/1.1',
        'Accept: application/json',
        'Prefer: odata.maxpagesize=1',
        '',
        '',
        '--batch_x',
        'Content-Type: application/http',
        'Content-Transfer-Encoding: binary',
        'Content-ID: 2',
        '',
        'PATCH /api/data/v9.2/queues(1) HTTP/1.1',
        'Accept: application/json',
        'If-Match: *',
        'Content-Type: application/json; type=entry',
        '',
        '{"name":"A"}',
        '--batch_x--',
        '',
      ].join('\r\n'),
    );
  });

  it('finds the boundary quoted or not', () => {
    assert.equal(boundaryOf('multipart/mixed; boundary="a b"'), 'a b');
    assert.equal(
      boundaryOf('multipart/mixed; boundary=batchresponse_1; charset=utf-8'),
      'batchresponse_1',
    );
    assert.equal(boundaryOf('application/json'), undefined);
    assert.equal(boundaryOf(undefined), undefined);
  });

  it('reads parts in order, with and without a body', () => {
    const answers = parseBatch(
      Buffer.from(
        [
          '--b',
          'Content-Type: application/http',
          '',
          'HTTP/1.1 204 No Content',
          'OData-EntityId: https://x/queues(1)',
          '',
          '',
          '--b',
          'Content-Type: application/http',
          '',
          'HTTP/1.1 400 Bad Request',
          'Content-Type: application/json',
          '',
          '{"error":{"code":"0x1","message":"ü"}}',
          '--b--',
        ].join('\r\n'),
      ),
      'b',
    );
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.toString('utf8')]),
      [
        [204, ''],
        [400, '{"error":{"code":"0x1","message":"ü"}}'],
      ],
    );
    assert.equal(answers[0]?.headers.get('odata-entityid'), 'https://x/queues(1)');
  });

  it('tolerates a preamble, bare line feeds, odd reasons and a missing end', () => {
    const answers = parseBatch(
      Buffer.from(
        'hello\n--b\nContent-Type: application/http\n\nHTTP/1.1 429 Unknown Status Code\nRetry-After: 3\n\n{"ErrorCode":-2147015902}\n--b\nContent-Type: application/http\n\nHTTP/1.1 204\n\n',
      ),
      'b',
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [429, 204],
    );
    assert.equal(answers[0]?.headers.get('retry-after'), '3');
  });

  it('puts the answers of a change set in place of it', () => {
    const answers = parseBatch(
      Buffer.from(
        '--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n--c\r\nContent-Type: application/http\r\nContent-ID: 2\r\n\r\nHTTP/1.1 201 Created\r\n\r\n{}\r\n--c--\r\n--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\n\r\n[]\r\n--b--\r\n',
      ),
      'b',
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [204, 201, 200],
    );
  });

  it('gives every body back byte for byte, also one that looks like a boundary', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ status: fc.integer({ min: 200, max: 599 }), text: fc.string() }), {
          minLength: 1,
        }),
        (parts) => {
          const bodies = parts.map(({ text }) => JSON.stringify({ text: `--b ${text}\n--b` }));
          const bytes = Buffer.from(
            parts
              .map(
                ({ status }, at) =>
                  `--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 ${status} X\r\nContent-Type: application/json\r\n\r\n${bodies[at]}\r\n`,
              )
              .join('') + '--b--\r\n',
          );
          const answers = parseBatch(bytes, 'b');
          assert.deepEqual(
            answers.map(({ status, body }) => [status, body.toString('utf8')]),
            parts.map(({ status }, at) => [status, bodies[at]]),
          );
        },
      ),
    );
  });

  it('never throws on what is no batch', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        parseBatch(Buffer.concat([Buffer.from('--b\r\n'), Buffer.from(bytes)]), 'b');
      }),
    );
  });
});
