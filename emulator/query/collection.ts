import type { QueryContext } from './interface.ts';

/** Rows a page holds at most, and what totals count up to. */
export const maxPageSize = 5000;

const linkName = 'OData.Community.Display.V1.CurrentEntityField';

/** What an answer with rows holds. */
export interface CollectionParts {
  /** `accounts(name,revenue)` */
  readonly context: string;
  readonly count?: number;
  /** -1 where nobody asked for a total. */
  readonly total: number;
  readonly pagingCookie?: string;
  readonly moreRecords?: boolean;
  /** Linked tables by their alias, with the column they are linked to. */
  readonly links?: readonly { readonly alias: string; readonly column: string }[];
  readonly value: readonly unknown[];
  readonly nextLink?: string;
  /** Leads to the changes after this answer. */
  readonly deltaLink?: string;
  /** The rows are those a row leads to: the version of the definitions is not told with them. */
  readonly related?: boolean;
}

/** The envelope of a collection, its members in the service's order. */
export function collection(
  context: QueryContext,
  parts: CollectionParts,
): { readonly [name: string]: unknown } {
  const annotation = (wanted: string): boolean => context.preferences.annotation(wanted);
  const body: Record<string, unknown> = {
    '@odata.context': `${context.rootUrl}$metadata#${parts.context}`,
  };
  if (parts.count !== undefined) body['@odata.count'] = Math.min(parts.count, maxPageSize);
  const annotate = (name: string, value: unknown): void => {
    if (value !== undefined && annotation(`Microsoft.Dynamics.CRM.${name}`)) {
      body[`@Microsoft.Dynamics.CRM.${name}`] = value;
    }
  };
  annotate('totalrecordcount', Math.min(parts.total, maxPageSize));
  annotate('totalrecordcountlimitexceeded', parts.total > maxPageSize);
  // learn.microsoft.com/power-apps/developer/data-platform/column-level-security shows related rows without it.
  if (parts.related !== true) {
    annotate('globalmetadataversion', String(context.environment.metadata.version));
  }
  annotate('fetchxmlpagingcookie', parts.pagingCookie);
  annotate('morerecords', parts.moreRecords === true ? true : undefined);
  if (annotation(linkName)) {
    for (const { alias, column } of parts.links ?? []) body[`@${alias}.${linkName}`] = column;
  }
  if (parts.deltaLink !== undefined) body['@odata.deltaLink'] = parts.deltaLink;
  body['value'] = parts.value;
  if (parts.nextLink !== undefined) body['@odata.nextLink'] = parts.nextLink;
  return body;
}
