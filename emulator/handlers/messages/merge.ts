import { invalidArgument } from '../../errors/payload-errors.ts';
import { isJsonObject, readPayload } from '../read-payload.ts';
import { updateRow } from '../write-row.ts';
import type { Cell } from '../../store/store.ts';
import type { BoundRow } from '../bind.ts';
import { change, rowParameter, type MessageCall, type MessageHandler } from './message.ts';

/** Tables whose rows can be merged: learn.microsoft.com/power-apps/developer/data-platform/merge-table-row */
const mergeable = new Set(['account', 'contact', 'lead', 'incident']);

export const mergeActions: ReadonlyMap<string, MessageHandler> = new Map<string, MessageHandler>([
  ['Merge', merge],
]);

/** The subordinate's children come to the target, which takes the given values; the subordinate is deactivated. */
function merge(call: MessageCall): undefined {
  const { context, parameters } = call;
  const { store, metadata } = context.environment;
  const target = rowParameter(call, 'Target');
  const subordinate = rowParameter(call, 'Subordinate');
  const { entity } = target;
  if (entity !== subordinate.entity || !mergeable.has(entity.logicalName)) {
    throw invalidArgument(
      `Rows of '${entity.logicalName}' and '${subordinate.entity.logicalName}' cannot be merged.`,
    );
  }
  if (target.row.id === subordinate.row.id) {
    throw invalidArgument('The target and the subordinate of a merge must be different rows.');
  }
  store.transaction(() => {
    const content = parameters['UpdateContent'];
    // Cases keep what they have: learn.microsoft.com/power-apps/developer/data-platform/webapi/merge-entity-using-web-api
    if (isJsonObject(content) && entity.logicalName !== 'incident') {
      const payload = readPayload(context, entity, { body: content, mode: 'update' });
      if (payload.cells.size > 0) updateRow(context, target.row, payload);
    }
    const from: Cell = { table: entity.logicalName, id: subordinate.row.id };
    for (const relationship of metadata.oneToMany(entity.logicalName)) {
      const { referencingEntity, referencingAttribute } = relationship;
      const isSystem = /^(master|created|modified|owning|ownerid)/.test(referencingAttribute);
      if (isSystem || store.count(referencingEntity) === 0) continue;
      for (const child of store.find(referencingEntity, referencingAttribute, from)) {
        const cells = new Map(child.cells);
        cells.set(referencingAttribute, { table: entity.logicalName, id: target.row.id });
        store.put(referencingEntity, child.id, cells);
      }
    }
    takeOverPairs(call, { target, subordinate });
    const last = entity.attributes.get('statecode')?.options?.at(-1)?.value ?? 1;
    change(context, subordinate, {
      merged: true,
      masterid: { table: entity.logicalName, id: target.row.id },
      statecode: last,
    });
  });
}

/** Pairs of the subordinate come to the target; one that the target has already is dropped. */
function takeOverPairs(
  { context }: MessageCall,
  { target, subordinate }: { readonly target: BoundRow; readonly subordinate: BoundRow },
): void {
  const { store, metadata } = context.environment;
  const table = target.entity.logicalName;
  for (const link of metadata.manyToMany(table)) {
    const ends = [
      link.entity1 === table ? link.entity1Attribute : undefined,
      link.entity2 === table ? link.entity2Attribute : undefined,
    ];
    for (const end of ends) {
      if (end === undefined) continue;
      for (const pair of store.find(link.intersectEntity, end, subordinate.row.id)) {
        const cells = new Map(pair.cells).set(end, target.row.id);
        const ids = new Map<string, Cell>(
          [link.entity1Attribute, link.entity2Attribute].map((name) => [
            name,
            cells.get(name) ?? null,
          ]),
        );
        if (store.findAll(link.intersectEntity, ids).length > 0) {
          store.delete(link.intersectEntity, pair.id);
        } else store.put(link.intersectEntity, pair.id, cells);
      }
    }
  }
}
