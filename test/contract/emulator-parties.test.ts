import assert from 'node:assert/strict';
import { withEmulator } from '#support/emulator.ts';

describe('the parties of an activity', () => {
  const emulator = withEmulator({ seed: 'empty' });
  let email: string;
  let ann: string;

  const parties = async (): Promise<readonly (readonly [number, string | null])[]> => {
    const { body } = await emulator.send(
      'GET',
      `emails(${email})/email_activity_parties?$select=participationtypemask,addressused,_partyid_value`,
    );
    return body.value
      .map(
        (party: Readonly<Record<string, unknown>>) =>
          [
            party['participationtypemask'],
            party['_partyid_value'] ?? party['addressused'],
          ] as const,
      )
      .sort(
        ([left]: readonly [number, string], [right]: readonly [number, string]) => left - right,
      );
  };
  const idOf = (location: string | null): string => /\(([^)]+)\)$/.exec(location ?? '')?.[1] ?? '';

  before(async () => {
    const contact = await emulator.send('POST', 'contacts', { body: { lastname: 'Ann' } });
    ann = idOf(contact.headers.get('odata-entityid'));
    const created = await emulator.send('POST', 'emails', {
      body: {
        subject: 'Hello',
        email_activity_parties: [
          { 'partyid_contact@odata.bind': `/contacts(${ann})`, participationtypemask: 2 },
          { addressused: 'bob@example.com', participationtypemask: 3 },
        ],
      },
    });
    assert.equal(created.status, 204, created.text);
    email = idOf(created.headers.get('odata-entityid'));
  });

  it('are made with it', async () => {
    assert.deepEqual(await parties(), [
      [2, ann],
      [3, 'bob@example.com'],
    ]);
  });

  it('are replaced as a whole, and the activity has a new version', async () => {
    const before = (await emulator.send('GET', `emails(${email})`)).body['@odata.etag'];
    const replaced = await emulator.send('PUT', `emails(${email})/email_activity_parties`, {
      body: { value: [{ addressused: 'eve@example.com', participationtypemask: 4 }] },
    });
    assert.equal(replaced.status, 204, replaced.text);
    assert.deepEqual(await parties(), [[4, 'eve@example.com']]);
    const after = (await emulator.send('GET', `emails(${email})`)).body['@odata.etag'];
    assert.notEqual(after, before);
  });

  it('stay as they are when one of the new ones is wrong', async () => {
    const before = await parties();
    const refused = await emulator.send('PUT', `emails(${email})/email_activity_parties`, {
      body: { value: [{ participationtypemask: 2 }, { participationtypemask: 99 }] },
    });
    assert.equal(refused.status, 400, refused.text);
    assert.deepEqual(await parties(), before);
  });

  it('are found from all activities, and go with theirs', async () => {
    const all = await emulator.send('GET', 'activityparties?$select=activitypartyid');
    assert.equal(all.body.value.length, 1);
    assert.equal((await emulator.send('DELETE', `emails(${email})`)).status, 204);
    const none = await emulator.send('GET', 'activityparties?$select=activitypartyid');
    assert.equal(none.body.value.length, 0);
  });
});
