import assert from 'node:assert/strict';
import { loadMetadata } from '#emulator/metadata/load-metadata.ts';

describe('the tables of an environment', () => {
  const metadata = loadMetadata({ typeCodeShift: 0 });
  const entities = [...metadata.entities()];

  it('hold every table of unified routing and what it points at', () => {
    assert.ok(entities.length > 290);
    for (const name of [
      'characteristic',
      'queue',
      'msdyn_liveworkstream',
      'msdyn_livechatconfig',
    ]) {
      assert.ok(metadata.entity(name), name);
    }
  });

  it('point with every lookup at a table that is there', () => {
    for (const entity of entities) {
      for (const lookup of metadata.manyToOne(entity.logicalName)) {
        assert.ok(metadata.entity(lookup.referencedEntity), lookup.schemaName);
        assert.ok(entity.attributes.has(lookup.referencingAttribute), lookup.schemaName);
      }
    }
  });

  it('have one navigation property for each lookup and target', () => {
    for (const entity of entities) {
      const lookups = metadata.manyToOne(entity.logicalName);
      const names = lookups.map((each) => each.referencingNavigation);
      assert.equal(new Set(names).size, names.length, entity.logicalName);
    }
  });

  it('have their id and name columns', () => {
    for (const entity of entities) {
      assert.ok(entity.attributes.has(entity.primaryId), entity.logicalName);
      if (entity.primaryName !== undefined) {
        assert.ok(entity.attributes.has(entity.primaryName), entity.logicalName);
      }
    }
  });

  it('keep sides of many-to-many relationships in columns of the intersect table', () => {
    for (const entity of entities) {
      for (const link of metadata.manyToMany(entity.logicalName)) {
        const intersect = metadata.entity(link.intersectEntity);
        assert.ok(intersect, link.schemaName);
        assert.ok(intersect.attributes.has(link.entity1Attribute), link.schemaName);
        assert.ok(intersect.attributes.has(link.entity2Attribute), link.schemaName);
      }
    }
  });

  it('give custom tables other type codes in another environment, and standard ones the same', () => {
    const other = loadMetadata({ typeCodeShift: 117 });
    assert.equal(other.entity('queue')?.objectTypeCode, 2020);
    assert.notEqual(
      other.entity('msdyn_decisioncontract')?.objectTypeCode,
      metadata.entity('msdyn_decisioncontract')?.objectTypeCode,
    );
  });

  it('give every table a type code of its own', () => {
    const codes = entities.map((each) => each.objectTypeCode);
    assert.equal(new Set(codes).size, codes.length);
  });

  it('are found by set and by type code', () => {
    assert.equal(metadata.entityOfSet('queues')?.logicalName, 'queue');
    assert.equal(metadata.entityOfTypeCode(2020)?.logicalName, 'queue');
    assert.equal(metadata.entityOfSet('Queues'), undefined);
  });

  it('have no Assign and no Share privilege where the organization owns the rows', () => {
    const types = metadata.entity('msdyn_cannedmessage')?.privileges.map((each) => each.type) ?? [];
    assert.ok(types.includes('Create'));
    assert.ok(!types.includes('Assign'));
    assert.ok(!types.includes('Share'));
  });

  it('mirror lookups and choices in columns that are no members of rows', () => {
    const queue = metadata.entity('queue');
    assert.equal(queue?.attributes.get('msdyn_queuetypename')?.attributeOf, 'msdyn_queuetype');
    assert.equal(queue?.attributes.get('owneridtype')?.validODataAttribute, false);
  });

  it('forget a table with everything that points at it', () => {
    const broken = loadMetadata({ typeCodeShift: 0 });
    const before = broken.version;
    broken.removeEntity('characteristic');
    assert.equal(broken.entity('characteristic'), undefined);
    assert.equal(broken.entityOfSet('characteristics'), undefined);
    const lookups = broken.manyToOne('bookableresourcecharacteristic');
    assert.ok(lookups.every((each) => each.referencedEntity !== 'characteristic'));
    assert.ok(broken.version > before);
  });

  it('take a table again, changed', () => {
    const changed = loadMetadata({ typeCodeShift: 0 });
    const queue = changed.entity('queue');
    assert.ok(queue);
    const attributes = new Map(queue.attributes);
    attributes.delete('msdyn_priority');
    changed.add({ entities: [{ ...queue, attributes }], manyToOne: [], manyToMany: [] });
    assert.equal(changed.entity('queue')?.attributes.has('msdyn_priority'), false);
    assert.equal(changed.manyToOne('queue').length, metadata.manyToOne('queue').length);
  });
});
