/** A piece of a FetchXML query. */
export interface FetchNode {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly (FetchNode | string)[];
}

/** How a linked table is joined. */
export interface FetchJoin {
  readonly from: string;
  readonly to: string;
  readonly type: 'inner' | 'outer';
  readonly alias: string;
}

/** A condition on a column; `on` names the alias of the linked table it belongs to. */
export interface FetchCondition {
  readonly column: string;
  readonly operator: 'eq' | 'ne' | 'in' | 'not-in' | 'like' | 'null' | 'not-null';
  readonly values?: readonly string[];
  readonly on?: string | undefined;
}

/** The whole query, printed as the service and the Configuration Migration tool take it. */
export function fetchText(
  table: string,
  options: { readonly distinct?: boolean },
  ...content: readonly FetchNode[]
): string {
  const entity: FetchNode = { name: 'entity', attributes: [['name', table]], children: content };
  return print(
    {
      name: 'fetch',
      attributes: options.distinct === true ? [['distinct', 'true']] : [],
      children: [entity],
    },
    '',
  );
}

export function allOf(...children: readonly FetchNode[]): FetchNode {
  return { name: 'filter', attributes: [['type', 'and']], children };
}

export function anyOf(...children: readonly FetchNode[]): FetchNode {
  return { name: 'filter', attributes: [['type', 'or']], children };
}

/** Rows that are linked; what stands inside limits the linked rows. */
export function join(
  table: string,
  { from, to, type, alias }: FetchJoin,
  ...children: readonly FetchNode[]
): FetchNode {
  return {
    name: 'link-entity',
    attributes: [
      ['name', table],
      ['from', from],
      ['to', to],
      ['link-type', type],
      ['alias', alias],
    ],
    children,
  };
}

/** One value stands in an attribute; several, or those of `in` and `not-in`, in elements of their own. */
export function where({ column, operator, values = [], on }: FetchCondition): FetchNode {
  const [only, second] = values;
  const isList = operator === 'in' || operator === 'not-in';
  const inAttribute = !isList && only !== undefined && second === undefined;
  return {
    name: 'condition',
    attributes: [
      ['attribute', column],
      ...(on === undefined ? [] : [['entityname', on] as const]),
      ['operator', operator],
      ...(inAttribute ? [['value', only] as const] : []),
    ],
    children: inAttribute
      ? []
      : values.map((value) => ({ name: 'value', attributes: [], children: [value] })),
  };
}

/** Equal to one of the values: `eq` for a single one, `in` for several. */
export function oneOf(column: string, values: readonly string[], on?: string): FetchNode {
  return where({ column, operator: values.length === 1 ? 'eq' : 'in', values, on });
}

/** Matches no row: every row has an id, and none has this one. */
export function noRow(idColumn: string): FetchNode {
  return oneOf(idColumn, ['00000000-0000-0000-0000-000000000000']);
}

function print(node: FetchNode, indent: string): string {
  const attributes = node.attributes
    .map(([name, value]) => ` ${name}="${escapeText(value).replaceAll('"', '&quot;')}"`)
    .join('');
  if (node.children.length === 0) return `${indent}<${node.name}${attributes} />`;
  const [first] = node.children;
  if (typeof first === 'string')
    return `${indent}<${node.name}${attributes}>${escapeText(first)}</${node.name}>`;
  const inside = node.children
    .map((child) => (typeof child === 'string' ? escapeText(child) : print(child, `${indent} `)))
    .join('\n');
  return `${indent}<${node.name}${attributes}>\n${inside}\n${indent}</${node.name}>`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
