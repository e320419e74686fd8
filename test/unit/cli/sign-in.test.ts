import assert from 'node:assert/strict';
import { InputError } from '#shared/errors/migration-error.ts';
import { credentialFrom, type SignIn } from '../../../cli/sign-in.ts';

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
