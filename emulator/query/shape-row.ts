import { rowWriter } from './expand-rows.ts';
import type { ShapeRow } from './interface.ts';
import { assertOptions, contextColumns, readExpand, readSelect } from './odata-options.ts';

/** One row as the service shows it, with its context and version. */
export const shapeRow: ShapeRow = (context, entity, row, options) => {
  assertOptions(options);
  const { metadata } = context.environment;
  const selection = readSelect(metadata, entity, options.get('$select'));
  const expand = readExpand(metadata, entity, options.get('$expand'));
  const write = rowWriter(context, { entity, selection, expand, etag: true, alone: true });
  const columns = contextColumns(selection, expand);
  return {
    '@odata.context': `${context.rootUrl}$metadata#${entity.entitySetName}${columns}/$entity`,
    ...write([row])[0],
  };
};
