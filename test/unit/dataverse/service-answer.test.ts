import assert from 'node:assert/strict';
import {
  answerError,
  isCutOff,
  isThrottled,
  normalCode,
  type ServiceAnswer,
} from '#shared/dataverse/service-answer.ts';

function answer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): ServiceAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: new Map(Object.entries(headers)), body: Buffer.from(text) };
}
const envelope = (code: string, message: string): object => ({ error: { code, message } });
const error = (status: number, body: unknown) =>
  answerError(answer(status, body), 'update queue 1', 0);

describe('an answer that refuses', () => {
  it('has one code, however it is written', () => {
    for (const code of ['0x80072322', '0X80072322', '-2147015902', -2147015902, 2147951394])
      assert.equal(normalCode(code), '0x80072322');
    for (const none of ['', '0x0', undefined, null, 'Error'])
      assert.equal(normalCode(none), undefined);
  });

  it('is a limit by its status, by its code, and in the old shape', () => {
    assert.ok(isThrottled(answer(429, '')));
    assert.ok(isThrottled(answer(400, envelope('0x80072321', 'Combined execution time'))));
    assert.ok(isThrottled(answer(503, { ErrorCode: -2147015898, Message: 'Too many' })));
    assert.ok(!isThrottled(answer(503, '')));
    assert.ok(!isThrottled(answer(200, envelope('0x80072321', 'a row that says so'))));
  });

  for (const [status, code, ours] of [
    [404, '0x80040217', 'URM1041'],
    [412, '0x80040237', 'URM1042'],
    [412, '0x80060892', 'URM1042'],
    [412, '0x80060882', 'URM1043'],
    [400, '0x80044331', 'URM1044'],
    [403, '0x80040220', 'URM1040'],
    [403, '0x80072560', 'URM1031'],
    [400, '0x80041103', 'URM1049'],
    [400, '0x80040265', 'URM1045'],
    [400, '0x80044150', 'URM1047'],
    [405, '0x80040227', 'URM1045'],
    [501, '0x80040219', 'URM1045'],
    [403, '', 'URM1012'],
    [407, '', 'URM1012'],
    [502, '', 'URM1047'],
    [404, '', 'URM1041'],
  ] as const)
    it(`means ${ours} with ${status} ${code}`, () => {
      assert.equal(error(status, envelope(code, 'x')).code, ours);
    });

  it('may be repeated when it passes by itself', () => {
    for (const code of ['0x80044150', '0x80044151', '0x80044339', '0x80048105', '0x80040216'])
      assert.ok(error(400, envelope(code, 'x')).retryable, code);
    for (const status of [408, 429, 500, 502, 503, 504])
      assert.ok(error(status, '').retryable, String(status));
    assert.ok(!error(500, envelope('0x80040224', 'plug-in')).retryable);
    assert.ok(!error(400, envelope('0x80044331', 'x')).retryable);
  });

  it('tells what the service says, shortly, without help links and stack traces', () => {
    const payload = error(
      400,
      envelope(
        '0x80048d19',
        "Error identified in Payload provided by the user for Entity :'queues', For more information on this error please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException : Microsoft.OData.ODataException: The property 'x' does not exist on type 'Microsoft.Dynamics.CRM.queue'. Make sure to only use property names that are defined by the type.\n   at System.X()",
      ),
    );
    assert.match(payload.message, /400 0x80048d19: The property 'x' does not exist on type/);
    assert.doesNotMatch(payload.message, /fwlink|at System/);
    assert.match(payload.message, /\(update queue 1\)/);
    assert.ok(error(400, envelope('0x80040265', 'y'.repeat(9000))).message.length < 600);
  });

  it('keeps the id of the request for support', () => {
    const refused = answerError(
      answer(400, '', { 'x-ms-service-request-id': 'one,two', 'retry-after': '4' }),
      'x',
      0,
    );
    assert.equal(refused.requestId, 'one');
    assert.equal(refused.retryAfterMs, 4000);
  });

  it('survives a body of any kind', () => {
    for (const body of [
      '',
      'plain text',
      '<html>',
      '[]',
      'null',
      '{"error":"x"}',
      '{"Message":"m"}',
    ])
      assert.ok(error(400, body).message.length > 0);
    assert.match(error(400, 'Content-ID Reference: $1').message, /Content-ID Reference/);
  });

  it('is seen to be cut off when its JSON has no end', () => {
    assert.ok(isCutOff(answer(200, '{"value":[')));
    assert.ok(isCutOff(answer(200, '{"value":[{"name":"A')));
    assert.ok(!isCutOff(answer(200, '{"value":[]}\r\n')));
    assert.ok(!isCutOff(answer(204, '')));
    assert.ok(!isCutOff(answer(200, '5', { 'content-type': 'text/plain' })));
  });
});
