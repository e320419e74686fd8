import assert from 'node:assert/strict';
import { secretLikeIn } from '#shared/stages/export/secret-like.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const join = (...parts: readonly string[]): string => parts.join('');
const random = 'q7Zr2Kd9Lw4Xb8Tn5Mv1Hc6Yp3Gs0JfAeRuQiWoB';

describe('texts that look like secrets', () => {
  for (const [kind, text] of [
    ['a private key', join('x -----BEGIN RSA ', 'PRIVATE KEY-----\nMIIE')],
    ['a private key', join('-----BEGIN ', 'PRIVATE KEY-----')],
    [
      'a connection string',
      `Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${random}=`,
    ],
    [
      'a connection string',
      `DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=${random}==;EndpointSuffix=core.windows.net`,
    ],
    ['a connection string', `Server=tcp:x;Database=y;User ID=ann;Password=Tr0ub4dor&3`],
    ['a token', join('Use eyJhbGciOiJSUzI1NiIs', '.eyJzdWIiOiIxMjM0NTY3', '.SflKxwRJSMeKKF2QT4')],
    [
      'a shared access signature',
      `https://contoso.blob.core.windows.net/a/b.wav?sv=2023-01-03&sig=${random}`,
    ],
    ['an application secret', join('abc', '8Q', '~', 'kd7Zr2Kd9Lw4Xb8Tn5Mv1Hc6Yp3Gs0JfAe')],
    ['a key of a cloud service', join('key AKIA', 'IOSFODNN7EXAMPLE')],
    ['a key of a cloud service', join('ghp', '_', random.slice(0, 36))],
    ['an authorization header', `{"headers":{"Authorization":"Bearer ${random}"}}`],
    ['a password in an address', 'amqps://ann:S3cret-pass@queue.contoso.com:5671/'],
    ['a key with its name', `{"apiKey": "${random.slice(0, 32)}"}`],
    ['a key with its name', `<setting client_secret='${random.slice(0, 20)}'/>`],
    ['a key with its name', `{\\"api_key\\":\\"${random.slice(0, 32)}\\"}`],
    ['a key and nothing else', random],
    ['a key and nothing else', Buffer.from(random.repeat(2)).toString('base64')],
  ] as const)
    it(`tells ${kind}: ${text.slice(0, 40)}`, () => {
      assert.equal(secretLikeIn('description', text)?.kind, kind);
    });

  it('tells a value by the name of its column', () => {
    assert.equal(
      secretLikeIn('contoso_apikey', 'k3y-of-contoso-77')?.kind,
      'what the name of its column says',
    );
    assert.equal(secretLikeIn('contoso_apikeyhint', 'k3y-of-contoso-77'), undefined);
  });

  it('tells where it stands', () => {
    assert.equal(secretLikeIn('a', `See note.\npassword = ${random}`)?.at, 11);
  });

  for (const text of [
    '',
    'Your password: please call us to have it changed.',
    'Password = {password}',
    'password=${PORTAL_PASSWORD}',
    'api_key: <your key here>',
    'The secret of good service is patience.',
    'https://contoso.crm4.dynamics.com/main.aspx?appid=6a0b2c9e-7d1f-4a3b-9c8d-112233445566&pagetype=entityrecord',
    '6a0b2c9e-7d1f-4a3b-9c8d-112233445566',
    '8:acs:6a0b2c9e-7d1f-4a3b-9c8d-112233445566_00000012-aaaa-bbbb-cccc-112233445566',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'msdyn_liveworkstream_msdyn_ocliveworkstreamcontextvariable_LiveWorkStreamId',
    'LiveChatWidgetConfigurationForContosoCustomerServiceAndSupportTeam2024',
    '<RuleSet id="r"><rule><lhs>contact.passwordresetcount</lhs><rhs>3</rhs></rule></RuleSet>',
    '{"passwordPolicy":"at least 12 characters"}',
    'Basic support for everyone in the organization',
    'Bearer of good news',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'mailto:ann@contoso.com',
    'https://user@contoso.com/path',
    'Password=********',
    'de-DE,en-US,fr-FR,nl-NL,sv-SE,da-DK,nb-NO,fi-FI,it-IT,es-ES',
  ])
    it(`lets pass: ${text.slice(0, 60)}`, () => {
      assert.equal(secretLikeIn('description', text), undefined);
    });

  it('is quick with long texts', () => {
    for (const piece of [
      'password',
      'eyJaaaaaaaaaaaa.',
      'a://b:',
      'sig=',
      'x=',
      'abc8Q~',
      'Basic ',
    ])
      secretLikeIn('a', piece.repeat(150_000));
  }).timeout(5000);
});
