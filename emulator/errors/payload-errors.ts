import type { Entity } from '../metadata/metadata.ts';
import { ServiceError } from '../service-error.ts';

/** Text and code the service puts around what its OData reader says of a body. */
function payload(entitySet: string, inner: string): ServiceError {
  const help =
    'For more information on this error please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293';
  return new ServiceError(
    400,
    '0x80048d19',
    `Error identified in Payload provided by the user for Entity :'${entitySet}', ${help}  ---->  InnerException : Microsoft.OData.ODataException: ${inner}`,
  );
}

export function malformedJson(entitySet: string, reason: string): ServiceError {
  return payload(entitySet, reason);
}

export function unknownProperty(entity: Entity, property: string): ServiceError {
  return payload(
    entity.entitySetName,
    `The property '${property}' does not exist on type 'Microsoft.Dynamics.CRM.${entity.logicalName}'. Make sure to only use property names that are defined by the type or mark the type as open type.`,
  );
}

/** A bind to a name that is no navigation property; names are case-sensitive. */
export function undeclaredNavigation(entity: Entity, property: string): ServiceError {
  return payload(
    entity.entitySetName,
    `An undeclared property '${property}' which only has property annotations in the payload but no property value was found in the payload. In OData, only declared navigation properties and declared named streams can be represented as properties without values.`,
  );
}

export function literalMismatch(entity: Entity, literal: unknown, edmType: string): ServiceError {
  const shown = typeof literal === 'string' ? literal : JSON.stringify(literal);
  return payload(
    entity.entitySetName,
    `Cannot convert the literal '${shown}' to the expected type '${edmType}'.`,
  );
}

/** Arrays or objects where a single value belongs. */
export function structureMismatch(
  entity: Entity,
  property: string,
  found: 'StartObject' | 'StartArray',
): ServiceError {
  return payload(
    entity.entitySetName,
    `An unexpected '${found}' node was found when reading from the JSON reader. A 'PrimitiveValue' node was expected. Property: '${property}'.`,
  );
}

export function directReference(entity: Entity): ServiceError {
  return payload(
    entity.entitySetName,
    'CRM do not support direct update of Entity Reference properties, Use Navigation properties instead.',
  );
}

/** A child collection in the body of an update. */
export function nestedUpdate(entity: Entity, property: string): ServiceError {
  return payload(
    entity.entitySetName,
    `A nested resource info for navigation property '${property}' is not allowed in the payload of an update. Use the $ref requests of the navigation property.`,
  );
}

/** A body that says it is a row of another table. */
export function wrongType(entity: Entity, type: string, isKnown: boolean): ServiceError {
  return payload(
    entity.entitySetName,
    isKnown
      ? `A resource with type '${type}' was found, but it is not assignable to the expected type 'Microsoft.Dynamics.CRM.${entity.logicalName}'.`
      : `A type named '${type}' could not be resolved by the model. When a model is available, each type name must resolve to a valid type.`,
  );
}

export function wrongBindTarget(entity: Entity, navigation: string, set: string): ServiceError {
  return payload(
    entity.entitySetName,
    `The navigation property '${navigation}' cannot be bound to a resource of the set '${set}'.`,
  );
}

export function textTooLong(entity: Entity, column: string, maxLength: number): ServiceError {
  return new ServiceError(
    400,
    '0x80044331',
    `A validation error occurred.  The length of the '${column}' attribute of the '${entity.logicalName}' entity exceeded the maximum allowed length of '${maxLength}'.`,
  );
}

export function invalidCharacters(column: string): ServiceError {
  return new ServiceError(
    400,
    '0x80040278',
    `The field '${column}' contains one or more invalid characters.`,
  );
}

export function choiceOutOfRange(
  entity: Entity,
  column: string,
  options: { value: number; accepted: readonly number[] },
): ServiceError {
  return new ServiceError(
    400,
    '0x8004431a',
    `A validation error occurred. The value ${options.value} of '${column}' on record of type '${entity.logicalName}' is outside the valid range. Accepted Values: ${options.accepted.join(',')}`,
  );
}

export function numberOutOfRange(
  entity: Entity,
  column: string,
  options: { value: string; type: 'Integer' | 'Decimal' | 'Double' | 'Money' },
): ServiceError {
  const codes = {
    Integer: '0x8004432f',
    Decimal: '0x80044330',
    Double: '0x80044330',
    Money: '0x80044330',
  };
  return new ServiceError(
    400,
    codes[options.type],
    `A validation error occurred. The value ${options.value} of '${column}' on record of type '${entity.logicalName}' is outside the valid range.`,
  );
}

export function dateOutOfRange(): ServiceError {
  return new ServiceError(
    400,
    '0x80040239',
    'DateTime is less than minumum value supported by CrmDateTime. Actual value: 01/01/0001 00:00:00, Minimum value supported: 01/01/1753 00:00:00',
  );
}

export function requiredColumn(entity: Entity, column: string): ServiceError {
  return new ServiceError(
    400,
    '0x80040203',
    `Attribute: ${column} of entity '${entity.logicalName}' cannot be set to NULL`,
  );
}

export function invalidStatus(
  entity: Entity,
  options: { status: number; stateLabel: string; id: string },
): ServiceError {
  return new ServiceError(
    400,
    '0x80048408',
    `${options.status} is not a valid status code for state code ${entity.schemaName}State.${options.stateLabel} on ${entity.logicalName} with Id ${options.id}.`,
  );
}

export function rowNotFound(table: string, id: string): ServiceError {
  return new ServiceError(404, '0x80040217', `${table} With Id = ${id} Does Not Exist`);
}

export function rowNotFoundByKey(entity: Entity): ServiceError {
  return new ServiceError(
    404,
    '0x80060891',
    `A record with the specified key values does not exist in ${entity.logicalName} entity`,
  );
}

export function duplicateRow(): ServiceError {
  return new ServiceError(412, '0x80040237', 'A record with matching key values already exists.');
}

export function duplicatePair(): ServiceError {
  return new ServiceError(412, '0x80040237', 'Cannot insert duplicate key.');
}

export function duplicateKey(entityKey: string, columns: readonly string[]): ServiceError {
  return new ServiceError(
    412,
    '0x80060892',
    `A record that has the attribute values ${columns.join(', ')} already exists. The entity key ${entityKey} requires that this set of attributes contains unique values. Select unique values and try again.`,
  );
}

export function keyNotDefined(entity: Entity): ServiceError {
  const type = `Microsoft.Dynamics.CRM.${entity.logicalName}`;
  return new ServiceError(
    400,
    '0x80060888',
    `The key in the request URI is not valid for resource '${type}'. Ensure that the names and number of key properties match the declared or alternate key properties for the resource '${type}'.`,
  );
}

export function versionMismatch(): ServiceError {
  return new ServiceError(
    412,
    '0x80060882',
    "The version of the existing record doesn't match the RowVersion property provided.",
  );
}

export function concurrencyNotEnabled(entity: Entity): ServiceError {
  return new ServiceError(
    400,
    '0x8006088d',
    `Optimistic concurrency isn't enabled for entity type ${entity.logicalName}. The IfVersionMatches value of ConcurrencyBehavior can only be used if optimistic concurrency is enabled.`,
  );
}

/** A row that another one needs: relationships whose delete is restricted. */
export function deleteRestricted(): ServiceError {
  return new ServiceError(
    405,
    '0x80040227',
    'The object you tried to delete is associated with another object and cannot be deleted.',
  );
}

export function segmentNotFound(segment: string): ServiceError {
  return new ServiceError(404, '0x80060888', `Resource not found for the segment '${segment}'.`);
}

export function keySyntax(): ServiceError {
  return new ServiceError(400, '0x80060888', 'Bad Request - Error in query syntax.');
}

export function methodNotAllowed(method: string): ServiceError {
  return new ServiceError(
    405,
    '0x80060888',
    `The requested resource does not support http method '${method}'.`,
  );
}

/** The emulator's own honest answer: it knows that it does not know. */
export function notImplemented(what: string): ServiceError {
  return new ServiceError(
    501,
    '0x80040219',
    `The emulator does not implement ${what}. Its README lists what is absent.`,
  );
}

export function contentIdMissing(): ServiceError {
  return new ServiceError(
    400,
    '0x80060888',
    "Content-ID header not present in one or more requests of the change set. Every request of a change set needs a 'Content-ID' header.",
  );
}

/** The service answers this one as plain text. */
export function contentIdUnknown(reference: string): ServiceError {
  return new ServiceError(
    400,
    '',
    `Content-ID Reference: '${reference}' does not exist in the batch context.`,
  );
}

export function batchRefused(reason: string): ServiceError {
  return new ServiceError(400, '0x80048d19', reason);
}

export function messageNotEnabled(message: string, entity: Entity): ServiceError {
  return new ServiceError(
    400,
    '0x80040800',
    `The '${message}' method is not enabled on the entity '${entity.logicalName}'.`,
  );
}

export function messageNotSupported(message: string, entity: Entity): ServiceError {
  return new ServiceError(
    400,
    '0x80040800',
    `The '${message}' method does not support entities of type '${entity.logicalName}'.`,
  );
}

export function fieldMissing(name: string, request: string): ServiceError {
  return invalidArgument(`Required field '${name}' is missing for RequestName='${request}'`);
}

export function invalidArgument(message: string): ServiceError {
  return new ServiceError(400, '0x80040203', message);
}
