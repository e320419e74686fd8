import assert from 'node:assert/strict';
import { peopleBook } from '#shared/stages/planning/people-book.ts';
import {
  actionsOf,
  aMemoryTarget,
  anEnvironmentTable,
  aRuleBook,
  aSource,
  idOf,
  planOf,
} from '#support/plan-builders.ts';

const user = anEnvironmentTable('systemuser', {
  fullname: 'text',
  domainname: 'text',
  azureactivedirectoryobjectid: 'guid',
});
const unit = anEnvironmentTable('businessunit', {
  name: 'text',
  parentbusinessunitid: { type: 'lookup', to: ['businessunit'] },
});
const book = peopleBook(aRuleBook());

describe('people and their organization', () => {
  it('are recognized by what Entra knows them by, then by their sign-in name', async () => {
    const target = aMemoryTarget([user]);
    target.put('systemuser', idOf(11), {
      fullname: 'Ann',
      domainname: 'ann@contoso.example',
      azureactivedirectoryobjectid: idOf(90),
    });
    target.put('systemuser', idOf(12), { fullname: 'Ben', domainname: 'ben@contoso.example' });
    const rows = [
      { id: idOf(1), fullname: 'Ann', azureactivedirectoryobjectid: idOf(90) },
      { id: idOf(2), fullname: 'Ben', domainname: 'BEN@contoso.example'.toLowerCase() },
    ];
    const { plan } = await planOf(aSource([{ table: user, rows }]), target, { book });
    assert.deepEqual(await actionsOf(plan), []);
    assert.equal(plan.counts.unchanged, 2);
  });

  it('are told apart by the path of a business unit, not by its name alone', async () => {
    const target = aMemoryTarget([unit]);
    const within = (id: string): { table: string; id: string } => ({ table: 'businessunit', id });
    target.put('businessunit', idOf(20), { name: 'Contoso' });
    target.put('businessunit', idOf(21), { name: 'Sales', parentbusinessunitid: within(idOf(20)) });
    target.put('businessunit', idOf(22), { name: 'Sales', parentbusinessunitid: within(idOf(21)) });
    const rows = [
      { id: idOf(20), name: 'Contoso' },
      { id: idOf(2), name: 'Sales', parentbusinessunitid: within(idOf(20)) },
      { id: idOf(3), name: 'Sales', parentbusinessunitid: within(idOf(2)) },
    ];
    const { plan } = await planOf(aSource([{ table: unit, rows }]), target, { book });
    assert.deepEqual(await actionsOf(plan), []);
    assert.equal(plan.counts.unchanged, 3);
  });

  it('with the same sign-in name twice are an error that names the candidates', async () => {
    const target = aMemoryTarget([user]);
    for (const n of [31, 32])
      target.put('systemuser', idOf(n), { domainname: 'eve@contoso.example' });
    const rows = [{ id: idOf(4), domainname: 'eve@contoso.example' }];
    const { plan } = await planOf(aSource([{ table: user, rows }]), target, { book });
    const [action] = await actionsOf(plan);
    assert.ok(action?.kind === 'blocked');
    assert.equal(action.finding.code, 'URM1310');
    assert.ok(action.finding.detail.includes(idOf(31)) && action.finding.detail.includes(idOf(32)));
  });
});
