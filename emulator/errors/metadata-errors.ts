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
  return new ServiceError(400, '0x80060888', `The query parameter ${option} is not supported`);
}

/** `$filter` on a label: learn.microsoft.com/power-apps/developer/data-platform/webapi/query-metadata-web-api */
export function labelFilterRefused(name: string): ServiceError {
  return new ServiceError(
    400,
    '0x80060888',
    `The property '${name}' is a label: a filter cannot read labels.`,
  );
}

export function metadataSyntaxError(detail: string): ServiceError {
  return new ServiceError(400, '0x80060888', detail);
}

/** Tables are replaced as a whole, with PUT. */
export function definitionNotPatched(): ServiceError {
  return new ServiceError(405, '0x80060888', 'Operation not supported on EntityMetadata');
}

/** An `Accept` that leaves out what there is. */
export function mediaTypeRefused(): ServiceError {
  return new ServiceError(
    415,
    '0x80060888',
    'A supported MIME type could not be found that matches the acceptable MIME types for the request.',
  );
}

/** A name that something of the kind already has. */
export function definitionExists(
  kind: 'attribute' | 'entity' | 'relationship' | 'option set' | 'key',
  name: string,
): ServiceError {
  const known = {
    attribute: ['0x80047013', 'An attribute with the specified name already exists'],
    entity: [
      '0x8004700b',
      'An entity with the specified name already exists. Please specify a unique name.',
    ],
    relationship: [
      '0x8004432b',
      'A relationship with the specified name already exists. Please specify a unique name.',
    ],
    'option set': [
      '0x80044345',
      'An OptionSet with the specified name already exists. Please specify a unique name.',
    ],
    key: ['0x8004022a', 'An object with the specified name already exists.'],
  } as const;
  const [code, message] = known[kind];
  return new ServiceError(400, code, `${message} (${name})`);
}

/** An option's value that another one has. */
export function optionExists(): ServiceError {
  return new ServiceError(
    400,
    '0x80044310',
    'The picklist value already exists.  Picklist values must be unique.',
  );
}
