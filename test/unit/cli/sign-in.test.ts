import assert from 'node:assert/strict';
import { InputError } from '#shared/errors/migration-error.ts';
import { credentialFrom, otherCredentialsFrom, type SignIn } from '../../../cli/sign-in.ts';

const signIn: SignIn = {
  role: 'target',
  url: 'https://contoso.crm4.dynamics.com',
  deviceCode: false,
  show: () => {},
};
const common = {
  DATAVERSE_TENANT_ID: 't',
  DATAVERSE_CLIENT_ID: 'c',
  DATAVERSE_CLIENT_SECRET: 's',
};

describe('signing in from variables', () => {
  it('takes a client secret', () => {
    assert.deepEqual(credentialFrom(common, signIn), {
      kind: 'secret',
      tenantId: 't',
      clientId: 'c',
      clientSecret: 's',
    });
  });

  it("prefers a role's own variables, one by one", () => {
    const variables = {
      ...common,
      DATAVERSE_TARGET_CLIENT_ID: 'c2',
      DATAVERSE_SOURCE_CLIENT_ID: 'c3',
    };
    const found = credentialFrom(variables, signIn);
    assert.equal(found.kind === 'secret' && found.clientId, 'c2');
  });

  it('lets a ready token override all', () => {
    assert.deepEqual(credentialFrom({ ...common, DATAVERSE_ACCESS_TOKEN: 'x' }, signIn), {
      kind: 'token',
      token: 'x',
    });
  });

  it('asks for a code only when told to', () => {
    assert.equal(credentialFrom(common, { ...signIn, deviceCode: true }).kind, 'device-code');
  });

  it('needs nothing for an emulator on this machine', () => {
    const local = { ...signIn, url: 'http://127.0.0.1:8080' };
    assert.equal(credentialFrom({}, local).kind, 'token');
  });

  it('says what to set when nothing is there', () => {
    assert.throws(
      () => credentialFrom({}, signIn),
      (error) => error instanceof InputError && /DATAVERSE_CLIENT_SECRET/.test(error.next),
    );
  });

  it('names a certificate file that cannot be read', () => {
    const variables = { DATAVERSE_CLIENT_ID: 'c', DATAVERSE_CERTIFICATE_PATH: 'nowhere.pem' };
    assert.throws(
      () => credentialFrom(variables, signIn),
      /'nowhere\.pem' cannot be read \(ENOENT\)/,
    );
  });
});

describe('more principals from variables', () => {
  it('have the same names with a number, until one is missing', () => {
    const variables = {
      ...common,
      DATAVERSE_CLIENT_ID_2: 'c2',
      DATAVERSE_CLIENT_SECRET_2: 's2',
      DATAVERSE_TENANT_ID_2: 't2',
      DATAVERSE_TARGET_CLIENT_ID_3: 'c3',
      DATAVERSE_CLIENT_SECRET_3: 's3',
      DATAVERSE_CLIENT_ID_5: 'c5',
    };
    assert.deepEqual(otherCredentialsFrom(variables, signIn), [
      { kind: 'secret', tenantId: 't2', clientId: 'c2', clientSecret: 's2' },
      { kind: 'secret', tenantId: 't', clientId: 'c3', clientSecret: 's3' },
    ]);
  });

  it('are none where nothing says so', () => {
    assert.deepEqual(otherCredentialsFrom(common, signIn), []);
  });

  it('may be ready tokens', () => {
    assert.deepEqual(otherCredentialsFrom({ DATAVERSE_ACCESS_TOKEN_2: 'x' }, signIn), [
      { kind: 'token', token: 'x' },
    ]);
  });

  it('need a secret or a certificate', () => {
    assert.throws(
      () => otherCredentialsFrom({ ...common, DATAVERSE_CLIENT_ID_2: 'c2' }, signIn),
      (error) => error instanceof InputError && /DATAVERSE_CLIENT_SECRET_2/.test(error.next),
    );
  });
});
