import type { Metadata } from './metadata.ts';
import {
  actionSignatures,
  complexSignatures,
  enumSignatures,
  functionSignatures,
} from './operation-signatures.ts';

const primitives: ReadonlySet<string> = new Set([
  'Binary',
  'Boolean',
  'DateTimeOffset',
  'Guid',
  'Int32',
  'Int64',
  'String',
]);

interface Member {
  readonly name: string;
  readonly type: string;
  readonly isCollection: boolean;
  readonly isRequired: boolean;
}

interface Operation {
  readonly kind: 'Function' | 'Action';
  readonly name: string;
  readonly boundTo?: Member;
  readonly parameters: readonly Member[];
  /** Members of the response's own type, or the one type that is returned itself. */
  readonly returns: readonly Member[] | Member;
}

/** Operations of `$metadata` with the types they need; those about tables that are not there are left out. */
export function serviceOperations(metadata: Metadata): {
  readonly types: readonly string[];
  readonly operations: readonly string[];
  readonly imports: readonly string[];
} {
  const operations = [
    ...lines(functionSignatures).flatMap((line) => readOperation('Function', line)),
    ...lines(actionSignatures).flatMap((line) => readOperation('Action', line)),
  ].filter((operation) => isPossible(metadata, operation));
  const complex = lines(complexSignatures).map((line) => {
    const [name = '', members = ''] = line.split('()');
    return complexType(name, readMembers(members));
  });
  return {
    types: [...lines(enumSignatures).map(enumType), ...complex],
    operations: [
      ...new Set(operations.flatMap((each) => [...responseType(each), declaration(each)])),
    ],
    imports: operations
      .filter((each) => each.boundTo === undefined)
      .map(
        ({ kind, name }) =>
          `<${kind}Import Name="${name}" ${kind}="Microsoft.Dynamics.CRM.${name}" />`,
      ),
  };
}

/** Tables that a function of the name is bound to, `account[]` for a set; undefined for unbound ones. */
export function boundTables(name: string): readonly string[] | undefined {
  return bindings.get(name);
}

const bindings: ReadonlyMap<string, readonly string[]> = new Map(
  lines(functionSignatures).flatMap((line) => {
    const [head = ''] = line.split('(');
    const dot = head.indexOf('.');
    return dot < 0 ? [] : [[head.slice(dot + 1), head.slice(0, dot).split(',')] as const];
  }),
);

/** Parameters that a call of a function cannot be without. */
export function requiredParameters(name: string): readonly string[] {
  return required.get(name) ?? [];
}

const required: ReadonlyMap<string, readonly string[]> = new Map(
  lines(functionSignatures)
    .flatMap((line) => readOperation('Function', line))
    .map(({ name, parameters }) => [
      name,
      parameters.filter(({ isRequired }) => isRequired).map((each) => each.name),
    ]),
);

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** An operation bound to two tables is declared once for each. */
function readOperation(kind: Operation['kind'], line: string): readonly Operation[] {
  const parts = /^(?:([a-z,[\]]+)\.)?(\w+)\(([^)]*)\)(.*)$/.exec(line);
  if (parts === null) throw new Error(`No signature of an operation: ${line}`);
  const [, tables, name = '', parameters = '', result = ''] = parts;
  const whole = result.trim().startsWith('= ');
  const [only] = readMembers(`value:${result.trim().slice(2)}`);
  const operation = {
    kind,
    name,
    parameters: readMembers(parameters),
    returns: whole && only !== undefined ? only : readMembers(result),
  };
  if (tables === undefined) return [operation];
  return tables.split(',').flatMap((table) => {
    const label = table.endsWith('[]') ? 'entityset' : 'entity';
    return readMembers(`${label}:${table}!`).map((boundTo) => ({ ...operation, boundTo }));
  });
}

function readMembers(text: string): readonly Member[] {
  return text
    .split(' ')
    .filter((each) => each !== '')
    .map((each) => {
      const [name = '', type = ''] = each.split(':');
      return {
        name,
        type: type.replace(/[!\]]|\[/g, ''),
        isCollection: type.includes('[]'),
        isRequired: type.endsWith('!'),
      };
    });
}

function isPossible(metadata: Metadata, operation: Operation): boolean {
  const { boundTo, parameters } = operation;
  const members = boundTo === undefined ? parameters : [boundTo, ...parameters];
  return members.every(
    ({ type }) => type === 'entity' || !/^[a-z]/.test(type) || metadata.entity(type) !== undefined,
  );
}

/** The service writes the type of a response above its operation. */
function responseType({ name, returns }: Operation): readonly string[] {
  return 'type' in returns || returns.length === 0 ? [] : [complexType(`${name}Response`, returns)];
}

function declaration({ kind, name, boundTo, parameters, returns }: Operation): string {
  const all = boundTo === undefined ? parameters : [boundTo, ...parameters];
  return [
    `<${kind} Name="${name}"${boundTo === undefined ? '' : ' IsBound="true"'}>`,
    ...all.map(
      (each) => `<Parameter Name="${each.name}" Type="${typeName(each)}"${details(each)} />`,
    ),
    returnType(name, returns),
    `</${kind}>`,
  ].join('');
}

function returnType(name: string, returns: Operation['returns']): string {
  if ('type' in returns) return `<ReturnType Type="${typeName(returns)}" Nullable="false" />`;
  if (returns.length === 0) return '';
  return `<ReturnType Type="mscrm.${name}Response" Nullable="false" />`;
}

function complexType(name: string, members: readonly Member[]): string {
  if (members.length === 0) return `<ComplexType Name="${name}" OpenType="true" />`;
  const rows = members.filter((member) => !isRow(member));
  const navigations = members.filter(isRow);
  return [
    `<ComplexType Name="${name}">`,
    ...rows.map(
      (each) => `<Property Name="${each.name}" Type="${typeName(each)}"${details(each)} />`,
    ),
    ...navigations.map(
      (each) => `<NavigationProperty Name="${each.name}" Type="${typeName(each)}" />`,
    ),
    '</ComplexType>',
  ].join('');
}

function isRow({ type }: Member): boolean {
  return /^[a-z]/.test(type);
}

function enumType(line: string): string {
  const [name = '', ...members] = line.split(' ');
  const flags = name === 'AccessRights' ? ' IsFlags="true"' : '';
  const values = members.map((member) => {
    const [label = '', value = ''] = member.split('=');
    return `<Member Name="${label}" Value="${value}" />`;
  });
  return `<EnumType Name="${name}"${flags}>${values.join('')}</EnumType>`;
}

function details({ type, isRequired }: Member): string {
  return `${isRequired ? ' Nullable="false"' : ''}${type === 'String' ? ' Unicode="false"' : ''}`;
}

function typeName({ type, isCollection }: Member): string {
  const base = type === 'entity' ? 'crmbaseentity' : type;
  const name = primitives.has(base) ? `Edm.${base}` : `mscrm.${base}`;
  return isCollection ? `Collection(${name})` : name;
}
