import { ServiceError } from '../service-error.ts';

const uriError = '0x80060888';

/** `$select`, `$filter` or `$expand` names what the type does not have. */
export function unknownProperty(name: string, table: string): ServiceError {
  return new ServiceError(
    400,
    uriError,
    `Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${table}'.`,
  );
}

/** A path segment that is no entity set, property or function. */
export function unknownSegment(name: string): ServiceError {
  return new ServiceError(404, uriError, `Resource not found for the segment '${name}'.`);
}

/** A system query option that stands twice in a URL. */
export function repeatedOption(name: string): ServiceError {
  return new ServiceError(
    400,
    uriError,
    `Query option '${name}' was specified more than once, but it must be specified at most once.`,
  );
}

/** The OData library could not read a token or an operator. */
export function syntaxError(position: number, text: string): ServiceError {
  return new ServiceError(400, uriError, `Syntax error at position ${position} in '${text}'.`);
}

/** A comparison of two types that have nothing to do with each other. */
export function incompatibleTypes(left: string, right: string, operator: string): ServiceError {
  return new ServiceError(
    400,
    uriError,
    `A binary operator with incompatible types was detected. Found operand types '${left}' and '${right}' for operator kind '${operator}'.`,
  );
}

/** A function the service does not have in filters. */
export function unknownFunction(name: string): ServiceError {
  return new ServiceError(
    400,
    uriError,
    `An unknown function with name '${name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.`,
  );
}

/** A query option the service knows of and refuses, or does not know. */
export function unsupportedOption(name: string): ServiceError {
  if (name === '$skip') {
    return new ServiceError(400, uriError, 'Skip Clause is not supported in CRM');
  }
  return new ServiceError(400, uriError, `The query parameter ${name} is not supported`);
}

/** Anything else that the service's OData layer refuses, in its own words. */
export function badQuery(message: string): ServiceError {
  return new ServiceError(400, uriError, message);
}

/** Said of options that an expansion may not have beside nesting. */
export const nestedExpandText =
  'Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested one-to-many relationship.';

/** Said of `$ref` on collections. */
export const expandReferenceText =
  'Expand with $ref is only supported on lookup type navigation property.';

/** FetchXML names a table the environment does not have. */
export function unknownEntity(name: string): ServiceError {
  return new ServiceError(
    400,
    '0x80041102',
    `The entity with a name = '${name}' with namemapping = 'Logical' was not found in the MetadataCache.`,
  );
}

/** FetchXML names a column the table does not have. */
export function unknownAttribute(table: string, name: string): ServiceError {
  return new ServiceError(
    400,
    '0x80041103',
    `'${table}' entity doesn't contain attribute with Name = '${name}' and NameMapping = 'Logical'.`,
  );
}

/** The entity set of the URL and the `<entity>` of the query differ. */
export function entityMismatch(): ServiceError {
  return new ServiceError(
    400,
    '0x80041128',
    'The entity name specified in fetchxml does not match the entity name specified in the Entity or Query Expression.',
  );
}

/** FetchXML that is no XML, or XML that may not be. */
export function invalidFetchXml(detail: string): ServiceError {
  return new ServiceError(400, '0x80040201', `Invalid XML. ${detail}`);
}

/** An element that has no place where it stands. */
export function invalidFetchNode(name: string): ServiceError {
  return new ServiceError(
    400,
    '0x8004111c',
    `Invalid Child Node, valid nodes are filter, order, link-entity, attribute, all-attributes, no-attrs. NodeName = ${name} NodeXml = <${name} />`,
  );
}

/** An attribute of the XML that has to be there. */
export function missingFetchAttribute(attribute: string, element: string): ServiceError {
  return new ServiceError(
    400,
    '0x8004111e',
    `A required attribute was not specified. Attribute '${attribute}' of element '${element}'.`,
  );
}

/** A condition operator that does not exist. */
export function invalidOperator(operator: string): ServiceError {
  return new ServiceError(
    400,
    '0x80041120',
    `Unsupported condition operator. The condition operator '${operator}' is not valid.`,
  );
}

/** A condition operator on a column it makes no sense for. */
export function operatorNotAllowed(operator: string, table: string, column: string): ServiceError {
  return new ServiceError(
    400,
    '0x8004111a',
    `The operator '${operator}' cannot be applied to attribute '${column}' of entity '${table}'.`,
  );
}

/** A link-type that does not exist, or not there. */
export function invalidJoin(kind: string): ServiceError {
  return new ServiceError(
    400,
    '0x80041117',
    `The only valid values for link-type attribute are 'natural', 'inner', and 'outer'. Found '${kind}'.`,
  );
}

/** A filter that is neither `and` nor `or`. */
export function invalidFilterType(): ServiceError {
  return new ServiceError(
    400,
    '0x80041122',
    "Unsupported filter type. Valid values are 'and', or 'or'.",
  );
}

/** A condition names an alias that no link of the query has. */
export function unknownAlias(alias: string): ServiceError {
  return new ServiceError(
    400,
    '0x8004110a',
    `The specified alias for the given entity in the condition does not exist. LinkEntity with name or alias '${alias}' is not found.`,
  );
}

/** Two links or columns under one alias. */
export function duplicateAlias(alias: string): ServiceError {
  return new ServiceError(
    400,
    '0x80041130',
    `FetchXML should have unique aliases. Alias '${alias}' is used more than once.`,
  );
}

/** A condition's value that is no value of the column. */
export function invalidQueryValue(
  value: string,
  column: { readonly table: string; readonly name: string; readonly netType: string },
): ServiceError {
  return new ServiceError(
    400,
    '0x80040203',
    `An exception System.FormatException was thrown while trying to convert input value '${value}' to attribute '${column.table}.${column.name}'. Expected type of attribute value: ${column.netType}. Exception raised: Input string was not in a correct format.`,
  );
}

const operatorNames: ReadonlyMap<string, string> = new Map([
  ['eq', 'Equal'],
  ['ne', 'NotEqual'],
  ['neq', 'NotEqual'],
  ['gt', 'GreaterThan'],
  ['ge', 'GreaterEqual'],
  ['lt', 'LessThan'],
  ['le', 'LessEqual'],
  ['begins-with', 'BeginsWith'],
  ['not-begin-with', 'DoesNotBeginWith'],
  ['ends-with', 'EndsWith'],
  ['not-end-with', 'DoesNotEndWith'],
  ['contain-values', 'ContainValues'],
  ['not-contain-values', 'DoesNotContainValues'],
]);

/** The platform's own name of an operator: its error texts use it. */
function operatorName(operator: string): string {
  return (
    operatorNames.get(operator) ??
    operator
      .split('-')
      .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
      .join('')
  );
}

/** A condition without the value its operator needs. */
export function conditionValueMissing(operator: string): ServiceError {
  return new ServiceError(
    400,
    '0x80041106',
    `Attribute 'value' or 'valueof' must be specified for condition operator: ${operatorName(operator)}`,
  );
}

/** A condition with more or fewer values than its operator takes. */
export function conditionValueCount(
  operator: string,
  expected: string,
  found: number,
): ServiceError {
  return new ServiceError(
    400,
    '0x80041106',
    `Condition operator '${operatorName(operator)}' requires that ${expected} set. Values.Length: ${found}`,
  );
}

/** A paging cookie or skip token that is none. */
export function invalidPagingCookie(): ServiceError {
  return new ServiceError(400, '0x8004112a', 'Invalid page number in paging cookie.');
}

/** The cookie of a page was made for another order. */
export function pagingOrderMismatch(): ServiceError {
  return new ServiceError(
    400,
    '0x80041129',
    'Order by columns do not match those in paging cookie.',
  );
}

/** A page beyond what counting pages can reach. */
export function tooDeepWithoutCookie(): ServiceError {
  return new ServiceError(
    400,
    '0x8004430a',
    'Over upper limit of records that can be requested without a paging cookie. A paging cookie is required when retrieving a high page number.',
  );
}

/** More rows than the service aggregates. */
export function aggregateLimitExceeded(): ServiceError {
  return new ServiceError(
    400,
    '0x8004e023',
    'AggregateQueryRecordLimit exceeded. Cannot perform this operation.',
  );
}

/** A link without columns between tables that no many-to-many relationship joins. */
export function noManyToMany(one: string, other: string): ServiceError {
  return new ServiceError(
    400,
    '0x80041111',
    `No system many-to-many relationship exists between ${one} and ${other}.  If attempting to link through a custom many-to-many relationship ensure that you provide the from and to attributes.`,
  );
}

/** More links or expansions than a query may have. */
export function tooManyLinks(): ServiceError {
  return new ServiceError(
    400,
    '0x8004430d',
    'Number of link entities in query exceeded maximum limit.',
  );
}

/** More conditions than a query may have. */
export function tooManyConditions(): ServiceError {
  return new ServiceError(
    400,
    '0x8004430c',
    'Number of conditions in query exceeded maximum limit.',
  );
}

/** A plain column in an aggregate query. */
export function notInAggregate(): ServiceError {
  return new ServiceError(
    400,
    '0x80041107',
    'Attributes can not be returned when aggregate operation is specified.',
  );
}

/** A sum of texts and the like. */
export function aggregateNotSupported(aggregate: string, type: string): ServiceError {
  return new ServiceError(
    400,
    '0x8004112f',
    `Aggregate ${aggregate} is not supported for attribute of type ${type}.`,
  );
}

/** An aggregate, or an order by one, without its alias. */
export function aliasNeeded(what: 'order' | 'aggregate'): ServiceError {
  return what === 'order'
    ? new ServiceError(
        400,
        '0x80041134',
        'An alias is required for an order clause for an aggregate Query.',
      )
    : new ServiceError(400, '0x80041109', 'Invalid alias for aggregate operation.');
}

/** A part of dates that does not exist. */
export function invalidDateGrouping(): ServiceError {
  return new ServiceError(400, '0x80041135', 'An invalid value was specified for dategrouping.');
}

/** A `savedQuery` or `userQuery` that is not there. */
export function unknownSavedQuery(table: string, id: string): ServiceError {
  return new ServiceError(404, '0x80040217', `${table} With Id = ${id} Does Not Exist`);
}

/** A condition that compares columns of different types: learn.microsoft.com/power-apps/developer/data-platform/fetchxml/filter-rows */
export function columnsNotComparable(left: string, right: string): ServiceError {
  return new ServiceError(
    400,
    '0x80040203',
    `The columns '${left}' and '${right}' that a condition compares must have the same type.`,
  );
}

/** A question about a hierarchy that the table does not have. */
export function noHierarchy(table: string): ServiceError {
  return new ServiceError(
    400,
    '0x80047020',
    `This query uses a hierarchical operator, but the ${table} entity doesn't have a hierarchical relationship.`,
  );
}
