import { ServiceError } from '../service-error.ts';

/** A table that is not in the environment. */
export function unknownTable(name: string): ServiceError {
  return new ServiceError(
    404,
    '0x80041102',
    `The entity with a name = '${name}' with namemapping = 'Logical' was not found in the MetadataCache.`,
  );
}

/** A definition asked for by an id or a name that nothing has. */
export function definitionNotFound(kind: string, key: string): ServiceError {
  return new ServiceError(404, '0x80040217', `Could not find ${kind} with id or name ${key}`);
}

/** `$filter` on metadata with more than comparisons: functions are not served there. */
export function metadataFunctionRefused(name: string): ServiceError {
  return new ServiceError(
    501,
    '0x80060888',
    `The query node SingleValueFunctionCall is not supported: ${name}.`,
  );
}

/** `$orderby`, `$top`, `$count` and `$skip` do not exist for metadata. */
export function metadataOptionRefused(option: string): ServiceError {
  return new ServiceError(
    400,
    '0x80060888',
    `The query parameter ${option} is not supported for EntityMetadata.`,
  );
}

export function metadataSyntaxError(detail: string): ServiceError {
  return new ServiceError(400, '0x80060888', detail);
}
