import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judgePage } from '#shared/channel-providers/judge-page.ts';
import {
  appsNamedIn,
  isEmptySelector,
  rolesNamedIn,
} from '#shared/channel-providers/read-selector.ts';
import {
  isPrefix,
  isUniqueName,
  stableRowId,
  uniqueNameFor,
} from '#shared/channel-providers/unique-name.ts';
import { boundParts, isSecure } from '#shared/channel-providers/url-parts.ts';
import type { PageObservation } from '#shared/host/browser.ts';
import { parseGuid } from '#shared/model/guid.ts';

describe('a unique name', () => {
  it('is made from what people call the provider', () => {
    assert.equal(uniqueNameFor('contoso', 'Northwind Dialer'), 'contoso_northwind_dialer');
    assert.equal(
      uniqueNameFor('contoso', 'Zürich & Große Straße (2)'),
      'contoso_zurich_grosse_strasse_2',
    );
    assert.match(uniqueNameFor('contoso', '電話'), /^contoso_[0-9a-f]{12}$/);
  });

  it('is one that the form accepts, the same every time, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }), (name) => {
        const made = uniqueNameFor('cifv2', name);
        assert.ok(isUniqueName(made), made);
        assert.equal(uniqueNameFor('cifv2', name), made);
      }),
    );
  });

  it('has a prefix of 3 to 8 letters and digits', () => {
    for (const good of ['abc', 'contoso1', 'NEW']) assert.ok(isPrefix(good), good);
    for (const bad of ['ab', '1abc', 'contoso12', 'a_b', '']) assert.ok(!isPrefix(bad), bad);
    assert.ok(!isUniqueName('contoso'));
    assert.ok(!isUniqueName(`contoso_${'x'.repeat(130)}`));
  });

  it('gives the row an id of its own that is an id', () => {
    const organization = '4a1f0f52-6f0c-4c1e-8d7b-3a0d6f5b9c21';
    const id = stableRowId(organization, 'msdyn_channelprovider', 'contoso_dialer');
    assert.equal(parseGuid(id), id);
    assert.equal(stableRowId(organization, 'msdyn_channelprovider', 'CONTOSO_dialer'), id);
    assert.notEqual(stableRowId(organization, 'msdyn_appconfiguration', 'contoso_dialer'), id);
  });
});

describe('a selector', () => {
  const app = (uniqueName: string, name: string, digit: string) => ({
    id: `${digit.repeat(8)}-0000-4000-8000-000000000000`,
    uniqueName,
    name,
  });
  const apps = [
    app('msdyn_CustomerServiceWorkspace', 'Customer Service workspace', 'a'),
    app('Customerservicehub', 'Customer Service Hub', 'b'),
    app('contoso_service', 'Customer Service', 'c'),
  ];
  const named = (text: string): readonly string[] =>
    appsNamedIn(text, apps).map(({ uniqueName }) => uniqueName);

  it('names apps by id, unique name or display name, in any form', () => {
    assert.deepEqual(named('["msdyn_customerserviceworkspace"]'), [
      'msdyn_CustomerServiceWorkspace',
    ]);
    assert.deepEqual(named('<apps><app id="{BBBBBBBB-0000-4000-8000-000000000000}"/></apps>'), [
      'Customerservicehub',
    ]);
    assert.deepEqual(named('Customer Service Hub;Customer Service'), [
      'Customerservicehub',
      'contoso_service',
    ]);
  });

  it('is not taken by a word inside another', () => {
    assert.deepEqual(named('Customer Service Hub'), ['Customerservicehub']);
    assert.deepEqual(named('my_msdyn_CustomerServiceWorkspace2'), []);
  });

  it('names roles the same way, the longer name first', () => {
    const roles = [
      { id: 'x', name: 'Omnichannel agent' },
      { id: 'y', name: 'Omnichannel agent supervisor' },
    ];
    const said = (text: string): readonly string[] => rolesNamedIn(text, roles).map(({ id }) => id);
    assert.deepEqual(said('["Omnichannel agent supervisor"]'), ['y']);
    assert.deepEqual(said('Omnichannel agent supervisor, Omnichannel agent'), ['x', 'y']);
  });

  it('may say nothing', () => {
    for (const text of ['', ' ', '[]', '{}', 'null', '[""]'])
      assert.ok(isEmptySelector(text), text);
    assert.ok(!isEmptySelector('["x"]'));
  });
});

describe('a channel URL', () => {
  const environment = {
    url: 'https://contoso.crm4.dynamics.com',
    organizationId: '4a1f0f52-6f0c-4c1e-8d7b-3a0d6f5b9c21',
  };

  it('shows what is true in one environment only, also inside an encoded parameter', () => {
    const parts = boundParts(
      'https://pages.example/panel?base=https%3A%2F%2Fcontoso.crm4.dynamics.com&twa=https://fabrikam.crm.dynamics.com/t&org=4a1f0f52-6f0c-4c1e-8d7b-3a0d6f5b9c21',
      environment,
    );
    assert.deepEqual(
      parts.map(({ part, isOwn }) => [part, isOwn]),
      [
        ['contoso.crm4.dynamics.com', true],
        ['fabrikam.crm.dynamics.com', false],
        ['4a1f0f52-6f0c-4c1e-8d7b-3a0d6f5b9c21', true],
      ],
    );
    assert.deepEqual(boundParts('https://pages.example/panel?x=%zz', environment), []);
  });

  it('has to be secure, loopback apart', () => {
    assert.ok(isSecure('https://pages.example/panel'));
    assert.ok(isSecure('http://127.0.0.1:5000/softphone.html'));
    assert.ok(!isSecure('http://pages.example/panel'));
    assert.ok(!isSecure('panel'));
  });
});

describe('an app that was looked at', () => {
  const at = {
    app: 'msdyn_CustomerServiceWorkspace',
    environment: 'https://contoso.crm4.dynamics.com',
    pages: ['https://dialer.example/panel?mode=1'],
  };
  const good: PageObservation = {
    url: 'https://contoso.crm4.dynamics.com/main.aspx?appid=1',
    title: 'Customer Service workspace',
    resources: [
      'https://contoso.crm4.dynamics.com/webresources/msdyn_channelintegrationframework.js',
    ],
    sessionStorage: new Map([
      ['channelProviders', '[{"x":1}]'],
      [
        'applicationExtensions',
        '[["msdyn_CIFV2Loader","/webresources/msdyn_channelintegrationframework.js"]]',
      ],
    ]),
    frames: [
      {
        url: 'https://dialer.example/panel?x=2',
        left: 0,
        top: 50,
        width: 400,
        height: 700,
        visible: true,
      },
    ],
    window: { width: 1280, height: 800 },
  };
  const codes = (seen: Partial<PageObservation>): readonly string[] =>
    judgePage({ ...good, ...seen }, at).flatMap(({ finding }) => finding?.code ?? []);

  it('is as it should be', () => {
    assert.deepEqual(codes({}), []);
  });

  it('may keep its keys under a prefix', () => {
    const prefixed = [...good.sessionStorage].map(
      ([key, value]) => [`app1_${key}`, value] as const,
    );
    assert.deepEqual(codes({ sessionStorage: new Map(prefixed) }), []);
  });

  it('is told from a page to sign in, and from another origin', () => {
    assert.deepEqual(codes({ url: 'https://login.microsoftonline.com/common' }), ['URM1851']);
    assert.deepEqual(codes({ url: 'https://evil.example/main.aspx' }), ['URM1851']);
    assert.deepEqual(codes({ url: 'about:blank' }), ['URM1851']);
  });

  for (const empty of ['', '[]', '{}', 'null', ' [] '])
    it(`has no provider when the key holds '${empty}'`, () => {
      const sessionStorage = new Map(good.sessionStorage).set('channelProviders', empty);
      assert.deepEqual(codes({ sessionStorage }), ['URM1853']);
    });

  it('shows no panel, or a small or hidden one', () => {
    const [frame] = good.frames;
    assert.ok(frame);
    assert.deepEqual(codes({ frames: [] }), ['URM1855']);
    assert.deepEqual(codes({ frames: [{ ...frame, height: 40 }] }), ['URM1856']);
    assert.deepEqual(codes({ frames: [{ ...frame, visible: false }] }), ['URM1856']);
    assert.deepEqual(codes({ frames: [{ ...frame, left: -500 }] }), ['URM1856']);
  });
});
