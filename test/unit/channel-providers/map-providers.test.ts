import assert from 'node:assert/strict';
import type { Decisions } from '#shared/channel-providers/decisions.ts';
import {
  copiedColumns,
  multisessionApps,
  relationships,
} from '#shared/channel-providers/framework.ts';
import type {
  Inventory,
  NewProvider,
  OldProvider,
  Profile,
} from '#shared/channel-providers/inventory.ts';
import { mapProviders } from '#shared/channel-providers/map-providers.ts';

const id = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`;
const workspace = 'msdyn_CustomerServiceWorkspace';

function oldProvider(digit: string, name: string, given: Partial<OldProvider> = {}): OldProvider {
  return {
    id: id(digit),
    name,
    active: true,
    apiVersion: '1.0',
    appSelector: `["${workspace}"]`,
    roleSelector: '',
    users: [id('e')],
    ...given,
    values: new Map([
      ['msdyn_name', name],
      ['msdyn_label', name],
      ['msdyn_landingurl', `https://${digit}.partner.example/`],
      ['msdyn_sortorder', 1],
      ...(given.values ?? []),
    ]),
  };
}

function newProvider(digit: string, uniqueName: string, url: string): NewProvider {
  return { id: id(digit), name: uniqueName, uniqueName, active: true, url, values: new Map() };
}

function profile(digit: string, name: string, given: Partial<Profile> = {}): Profile {
  return {
    id: id(digit),
    name,
    uniqueName: `contoso_${digit}`,
    app: workspace,
    active: true,
    managed: false,
    productivityPane: undefined,
    links: new Map(),
    roles: [],
    ...given,
  };
}

function inventory(given: Partial<Inventory> = {}): Inventory {
  return {
    organizationId: id('9'),
    url: 'https://contoso.crm4.dynamics.com',
    oldProviders: [oldProvider('1', 'Northwind Dialer')],
    providers: [],
    profiles: [],
    apps: [{ id: id('a'), uniqueName: workspace, name: 'Customer Service workspace' }],
    users: new Map([[id('e'), { id: id('e'), name: 'Ann', disabled: false, roles: [] }]]),
    roles: [{ id: id('d'), name: 'Agent' }],
    extensions: [],
    sessionTemplates: [],
    names: new Map(),
    views: [],
    libraries: [],
    unread: [],
    providerColumns: new Set(copiedColumns.map(({ to }) => to)),
    ...given,
  };
}

function decisions(given: Partial<Decisions> = {}): Decisions {
  return {
    prefix: 'cifv2',
    apps: multisessionApps,
    appsAreGiven: false,
    copyRoles: false,
    usersWithProfile: 'move',
    deactivate: false,
    providers: [],
    profiles: [],
    ...given,
  };
}

const told = (from: Inventory, decided: Decisions = decisions()): readonly string[] =>
  mapProviders(from, decided)
    .findings.map(({ severity, code }) => `${severity} ${code}`)
    .filter((line) => !line.endsWith('URM1823') && !line.endsWith('URM1826'));

describe('the mapping of providers', () => {
  it('has nothing to say of an ordinary one', () => {
    assert.deepEqual(told(inventory()), []);
  });

  it('tells what has no place: icon, version stamp, sandbox attributes without a column', () => {
    const values = new Map([
      ['msdyn_cifsolversion', '1.2'],
      ['msdyn_sandboxconfiguration', 'allow-forms'],
    ]);
    const from = inventory({
      oldProviders: [oldProvider('1', 'Dialer', { values })],
      providerColumns: new Set(['msdyn_name']),
    });
    assert.deepEqual(told(from), ['warning URM1808', 'info URM1813']);
  });

  it('tells a page that is not secure', () => {
    const values = new Map([['msdyn_landingurl', 'http://dialer.example/']]);
    const from = inventory({ oldProviders: [oldProvider('1', 'Dialer', { values })] });
    assert.deepEqual(told(from), ['warning URM1811']);
  });

  it('recognizes a row that somebody made by hand for the same page, and refuses to guess between two', () => {
    const url = 'https://1.partner.example/';
    const one = inventory({ providers: [newProvider('5', 'made_byhand', url)] });
    const [mapped] = mapProviders(one, decisions()).providers;
    assert.equal(mapped?.id, id('5'));
    assert.equal(mapped.uniqueName, 'made_byhand');
    const two = inventory({
      providers: [newProvider('5', 'made_byhand', url), newProvider('6', 'made_again', url)],
    });
    assert.deepEqual(told(two), ['error URM1817']);
    const named = decisions({
      providers: [{ provider: 'northwind dialer', uniqueName: 'made_again' }],
    });
    assert.equal(mapProviders(two, named).providers[0]?.id, id('6'));
  });

  it('refuses two providers that would become one row', () => {
    const from = inventory({
      oldProviders: [oldProvider('1', 'Dialer'), oldProvider('2', 'dialer!')],
    });
    assert.deepEqual(told(from), ['error URM1806']);
  });

  it('keeps the row when the provider is renamed', () => {
    const before = mapProviders(inventory(), decisions()).providers[0];
    const row = newProvider('5', before?.uniqueName ?? '', 'https://elsewhere.example/');
    const from = inventory({
      oldProviders: [oldProvider('1', 'Renamed Dialer')],
      providers: [{ ...row, id: before?.id ?? '' }],
    });
    const after = mapProviders(from, decisions()).providers[0];
    assert.equal(after?.id, before?.id);
    assert.equal(after?.uniqueName, 'cifv2_northwind_dialer');
  });

  it('refuses decisions about what is not there', () => {
    for (const [decided, code] of [
      [{ providers: [{ provider: 'Nobody' }] }, 'error URM1807'],
      [{ apps: ['contoso_Nowhere', workspace], appsAreGiven: true }, 'error URM1805'],
      [
        { providers: [{ provider: 'Northwind Dialer', apps: ['contoso_Nowhere'] }] },
        'error URM1805',
      ],
      [{ providers: [{ provider: 'Northwind Dialer', roles: ['Nobody'] }] }, 'error URM1810'],
      [{ providers: [{ provider: 'Northwind Dialer', uniqueName: 'x' }] }, 'error URM1806'],
      [{ profiles: [{ app: workspace, copyFrom: 'Nothing' }] }, 'error URM1818'],
    ] as readonly (readonly [Partial<Decisions>, string])[])
      assert.ok(told(inventory(), decisions(decided)).includes(code), code);
  });

  it('uses the profile that was named, unless it is inactive', () => {
    const decided = decisions({ profiles: [{ app: workspace, name: 'Service desk' }] });
    const active = mapProviders(inventory({ profiles: [profile('7', 'Service desk')] }), decided);
    assert.equal(active.profiles[0]?.id, id('7'));
    const inactive = inventory({ profiles: [profile('7', 'Service desk', { active: false })] });
    assert.deepEqual(told(inactive, decided), ['error URM1818']);
  });

  it('lets an operator vouch for another app with several sessions', () => {
    const own = { id: id('b'), uniqueName: 'contoso_Desk', name: 'Desk' };
    const from = inventory({
      apps: [own],
      oldProviders: [oldProvider('1', 'Dialer', { appSelector: 'contoso_desk' })],
    });
    assert.deepEqual(told(from), ['info URM1801']);
    const mapping = mapProviders(from, decisions({ apps: ['contoso_Desk'], appsAreGiven: true }));
    assert.deepEqual(mapping.providers[0]?.apps, ['contoso_Desk']);
  });

  it('warns of session templates that open with the panel hidden or minimized', () => {
    const links = new Map([[relationships.profileSessionTemplates, [id('7'), id('8')]]]);
    const from = inventory({
      profiles: [profile('c', 'Customer Service workspace - default profile', { links })],
      sessionTemplates: [
        { id: id('7'), name: 'Chat', panelState: 162_450_001 },
        { id: id('8'), name: 'Voice', panelState: 162_450_002 },
      ],
    });
    assert.deepEqual(told(from), ['warning URM1824']);
  });

  it('tells when nobody is assigned, unless a role is mapped', () => {
    const from = inventory({ oldProviders: [oldProvider('1', 'Dialer', { users: [] })] });
    assert.deepEqual(told(from), ['warning URM1822']);
    const decided = decisions({ providers: [{ provider: 'Dialer', roles: ['Agent'] }] });
    assert.deepEqual(told(from, decided), []);
    const { rows } = mapProviders(from, decided);
    assert.equal(rows.filter(({ table }) => table === 'msdyn_appprofilerolemapping').length, 1);
  });

  it('has one hash for the same first generation and decisions, whatever the second holds', () => {
    const { hash } = mapProviders(inventory(), decisions());
    const later = inventory({ profiles: [profile('7', 'Other')], unread: ['views'] });
    assert.equal(mapProviders(later, decisions()).hash, hash);
    assert.notEqual(mapProviders(inventory(), decisions({ prefix: 'other' })).hash, hash);
    const values = new Map([['msdyn_label', 'New']]);
    const changed = inventory({ oldProviders: [oldProvider('1', 'Northwind Dialer', { values })] });
    assert.notEqual(mapProviders(changed, decisions()).hash, hash);
  });
});
