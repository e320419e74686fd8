import { invalidArgument } from '../errors/payload-errors.ts';
import { unquote } from '../protocol/path.ts';
import { auditFunctions } from './audit-history.ts';
import { retrieveDuplicates } from './duplicate-rules.ts';
import { autoNumberFunctions } from './messages/auto-number-seed.ts';
import { platformFunctions } from './messages/platform-functions.ts';
import { sharingFunctions } from './messages/sharing.ts';
import type { FunctionCall, FunctionHandler } from './function-handler.ts';
import { privilegeFunctions } from './privilege-functions.ts';

/** Every function the emulator answers, by name without namespace. */
export const functions: ReadonlyMap<string, FunctionHandler> = new Map<string, FunctionHandler>([
  ['WhoAmI', whoAmI],
  ['RetrieveVersion', ({ context }) => ({ Version: context.environment.version })],
  ['RetrieveCurrentOrganization', retrieveCurrentOrganization],
  ['RetrieveTotalRecordCount', retrieveTotalRecordCount],
  ['RetrieveProvisionedLanguages', () => ({ RetrieveProvisionedLanguages: [1033] })],
  ['RetrieveAvailableLanguages', () => ({ LocaleIds: [1033] })],
  ...privilegeFunctions,
  ...auditFunctions,
  ...autoNumberFunctions,
  ...platformFunctions,
  ...sharingFunctions,
  ['RetrieveDuplicates', retrieveDuplicates],
]);

/** A collection parameter: `["a","b"]` or `['a','b']`. */
export function readCollection(literal: string | undefined): readonly string[] {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(literal ?? '')?.[1];
  if (inner === undefined) throw invalidArgument(`'${literal ?? ''}' is not a collection.`);
  const items = [...inner.matchAll(/[\s,]*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/gy)];
  return items.map(([, item = '']) => (item.startsWith("'") ? unquote(item) : item.slice(1, -1)));
}

function whoAmI({ context }: FunctionCall): ReturnType<FunctionHandler> {
  return {
    BusinessUnitId: context.caller.businessUnitId,
    UserId: context.caller.userId,
    OrganizationId: context.environment.organizationId,
  };
}

function retrieveCurrentOrganization({ context }: FunctionCall): ReturnType<FunctionHandler> {
  const { environment, rootUrl } = context;
  const origin = new URL(rootUrl).origin;
  return {
    Detail: {
      OrganizationId: environment.organizationId,
      FriendlyName: environment.name,
      OrganizationVersion: environment.version,
      EnvironmentId: environment.organizationId,
      DatacenterId: '00000000-0000-0000-0000-000000000000',
      Geo: 'NA',
      TenantId: environment.tenantId,
      UrlName: environment.name,
      UniqueName: environment.name,
      State: 'Enabled',
      Endpoints: {
        Count: 3,
        IsReadOnly: false,
        Keys: ['WebApplication', 'OrganizationService', 'OrganizationDataService'],
        Values: [
          `${origin}/`,
          `${origin}/XRMServices/2011/Organization.svc`,
          `${origin}/XRMServices/2011/OrganizationData.svc`,
        ],
      },
      OrganizationType: 'CustomerTest',
      SchemaType: 'Full',
    },
  };
}

function retrieveTotalRecordCount({
  context,
  parameters,
}: FunctionCall): ReturnType<FunctionHandler> {
  const names = readCollection(parameters.get('EntityNames'));
  const { metadata, store } = context.environment;
  for (const name of names) {
    if (metadata.entity(name) === undefined) {
      throw invalidArgument(
        `The entity with a name = '${name}' was not found in the MetadataCache.`,
      );
    }
  }
  return {
    EntityRecordCountCollection: {
      Count: names.length,
      IsReadOnly: false,
      Keys: names,
      Values: names.map((name) => store.count(name)),
    },
  };
}
