import type { Attribute, AttributeType } from './metadata.ts';

/** Tables whose rows have a phonetic name: lookups to them mirror it as `…yominame`. */
const withYomiName = new Set(['account', 'contact', 'systemuser', 'team', 'lead']);

/**
 * Columns the platform keeps beside a column: the name a lookup shows and its target's table, a choice's
 * label, a money value in base currency, an image's address.
 */
export function mirrorsOf(attribute: Attribute): readonly Attribute[] {
  const { logicalName, type, typeName, schemaName } = attribute;
  // An image's own id stands for it where it is a column of its own.
  if (attribute.attributeOf !== undefined && typeName !== 'ImageType') return [];
  switch (type) {
    case 'Lookup':
    case 'Customer':
    case 'Owner':
      return [
        mirror(attribute, `${logicalName}name`, `${schemaName}Name`, {
          type: 'String',
          maxLength: 100,
        }),
        ...(attribute.targets.some((each) => withYomiName.has(each))
          ? [
              mirror(attribute, `${logicalName}yominame`, `${schemaName}YomiName`, {
                type: 'String',
                maxLength: 100,
              }),
            ]
          : []),
        ...(attribute.targets.length > 1
          ? [mirror(attribute, `${logicalName}type`, `${schemaName}Type`, { type: 'EntityName' })]
          : []),
      ];
    case 'Picklist':
    case 'Boolean':
    case 'State':
    case 'Status':
      return [mirror(attribute, `${logicalName}name`, `${schemaName}Name`, { type: 'Virtual' })];
    case 'Money':
      return [
        {
          ...mirror(attribute, `${logicalName}_base`, `${schemaName}_Base`, { type: 'Money' }),
          validODataAttribute: true,
        },
      ];
    case 'Virtual':
      if (typeName === 'MultiSelectPicklistType') {
        return [mirror(attribute, `${logicalName}name`, `${schemaName}Name`, { type: 'Virtual' })];
      }
      return typeName === 'ImageType' ? imageMirrors(attribute) : fileMirrors(attribute);
    case 'BigInt':
    case 'DateTime':
    case 'Decimal':
    case 'Double':
    case 'EntityName':
    case 'Integer':
    case 'ManagedProperty':
    case 'Memo':
    case 'PartyList':
    case 'String':
    case 'Uniqueidentifier':
      return [];
  }
}

function imageMirrors(attribute: Attribute): readonly Attribute[] {
  const { logicalName, schemaName } = attribute;
  return [
    mirror(attribute, `${logicalName}_timestamp`, `${schemaName}_Timestamp`, { type: 'BigInt' }),
    mirror(attribute, `${logicalName}_url`, `${schemaName}_URL`, {
      type: 'String',
      maxLength: 200,
    }),
    mirror(attribute, `${logicalName}id`, `${schemaName}Id`, { type: 'Uniqueidentifier' }),
  ].map((each) => ({ ...each, validODataAttribute: true }));
}

function fileMirrors(attribute: Attribute): readonly Attribute[] {
  if (attribute.typeName !== 'FileType') return [];
  const name = mirror(attribute, `${attribute.logicalName}_name`, `${attribute.schemaName}_Name`, {
    type: 'String',
    maxLength: 200,
  });
  return [{ ...name, validODataAttribute: true }];
}

function mirror(
  of: Attribute,
  logicalName: string,
  schemaName: string,
  more: { readonly type: AttributeType; readonly maxLength?: number },
): Attribute {
  return {
    logicalName,
    schemaName,
    displayName: '',
    typeName: `${more.type}Type`,
    requiredLevel: 'None',
    validForCreate: false,
    validForUpdate: false,
    validForRead: true,
    secured: false,
    custom: of.custom,
    targets: [],
    attributeOf: of.logicalName,
    validODataAttribute: false,
    ...more,
  };
}
