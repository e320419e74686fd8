import assert from 'node:assert/strict';
import { readArguments, readKey, readPath, unquote } from '#emulator/protocol/path.ts';

const id = '5a4b76b0-dab5-4717-9743-9490f2f822c6';

describe('a resource path', () => {
  it('is split outside parentheses and quotes', () => {
    const names = readPath(`accounts(name='a/b (c)',n=2)/primarycontactid/$ref`).map(
      ({ raw }) => raw,
    );
    assert.deepEqual(names, [`accounts(name='a/b (c)',n=2)`, 'primarycontactid', '$ref']);
  });

  it('may come encoded', () => {
    const [set] = readPath(`queues%28name%3D%27a%2Fb%27%29`);
    assert.equal(set?.name, 'queues');
    assert.equal(set.argument, "name='a/b'");
  });

  it('keeps functions and their parameters together', () => {
    const [call] = readPath("RetrieveTotalRecordCount(EntityNames=['account','contact'])");
    assert.equal(call?.name, 'RetrieveTotalRecordCount');
    assert.deepEqual(
      [...(readArguments(call.argument ?? '') ?? [])],
      [['EntityNames', "['account','contact']"]],
    );
  });
});

describe('a key', () => {
  it('is an id in any case, or named values', () => {
    assert.deepEqual(readKey(id.toUpperCase()), { kind: 'id', id });
    const named = readKey("name='O''Neil, Ann',n=2");
    assert.equal(named?.kind, 'named');
    assert.deepEqual(
      [...named.values],
      [
        ['name', "'O''Neil, Ann'"],
        ['n', '2'],
      ],
    );
    assert.equal(unquote("'O''Neil, Ann'"), "O'Neil, Ann");
  });

  it('is none in braces, empty, or without names', () => {
    for (const text of [`{${id}}`, '', 'nonsense']) assert.equal(readKey(text), undefined);
  });
});
