/** The parts of a syntax tree's node that are read; the parser's own types name every kind apart. */
export interface Node {
  readonly type: string;
  readonly start?: number | null;
  readonly end?: number | null;
  readonly loc?: { readonly start: { readonly line: number; readonly column: number } } | null;
  readonly name?: string;
  readonly value?: Node;
  readonly callee?: Node;
  readonly arguments?: readonly Node[];
  readonly object?: Node;
  readonly property?: Node;
  readonly computed?: boolean;
  readonly elements?: readonly (Node | null)[];
  readonly expressions?: readonly Node[];
  readonly expression?: unknown;
  readonly argument?: Node;
  readonly operator?: string;
  readonly id?: Node;
  readonly init?: Node | null;
  readonly left?: Node;
  readonly right?: Node;
  readonly key?: Node;
  readonly properties?: readonly Node[];
  readonly params?: readonly Node[];
  readonly members?: readonly Node[];
  readonly body?: unknown;
  readonly initializer?: Node;
  readonly local?: Node;
}

export function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
  );
}

/** A node and all below it, each before its own, in the order of the text; however deep they lie. */
export function* nodesOf(tree: Node): Generator<Node> {
  const left = [tree];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    yield node;
    for (const child of [...childrenOf(node)].reverse()) left.push(child);
  }
}

function* childrenOf(node: Node): Generator<Node> {
  for (const [key, value] of Object.entries(node)) {
    if (key === 'loc' || key.endsWith('Comments') || key === 'extra' || key === 'tokens') continue;
    if (isNode(value)) yield value;
    else if (Array.isArray(value))
      for (const item of value as readonly unknown[]) if (isNode(item)) yield item;
  }
}

/** The property that a member expression reads, where the code says it. */
export function nameOfMember(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression')
    return undefined;
  const { property } = node;
  if (property === undefined) return undefined;
  return node.computed === true ? textOf(property) : property.name;
}

/** Numbers that names and members of a file stand for; `undefined` where it cannot be told. */
export type Constants = ReadonlyMap<string, number | undefined>;

/**
 * Constants of a file: `const DOCKED = 1`, `{ Docked: 1 }`, enums, and enums as compilers write them. A
 * name that is bound twice, or by a parameter, stands for nothing that could be told.
 */
export function constantsIn(tree: Node): Constants {
  const constants = new Map<string, number | undefined>();
  const bind = (name: string, value: number | undefined): void => {
    constants.set(name, constants.has(name) && constants.get(name) !== value ? undefined : value);
  };
  const bindMembers = (name: string, value: Node): void => {
    const object =
      value.type === 'CallExpression' && value.callee !== undefined
        ? // Object.freeze({ … })
          value.arguments?.[0]
        : value;
    for (const property of object?.properties ?? []) {
      const key = property.key === undefined ? undefined : keyOf(property.key);
      if (key !== undefined && property.value !== undefined)
        bind(`${name}.${key}`, numberOf(property.value, constants));
    }
  };
  for (const node of nodesOf(tree)) {
    const { id, init, left, right, params } = node;
    if (node.type === 'VariableDeclarator' && id?.name !== undefined) {
      const value = init === undefined || init === null ? undefined : unwrapConst(init);
      bind(id.name, value === undefined ? undefined : numberOf(value, constants));
      if (value !== undefined) bindMembers(id.name, value);
    }
    if (node.type === 'AssignmentExpression' && left !== undefined && right !== undefined) {
      const object = left.object?.name;
      const member = nameOfMember(left);
      if (left.name !== undefined) bind(left.name, numberOf(right, constants));
      else if (object !== undefined && member !== undefined)
        bind(`${object}.${member}`, numberOf(right, constants));
    }
    if (node.type === 'UpdateExpression' && node.argument?.name !== undefined) {
      bind(node.argument.name, undefined);
      constants.set(node.argument.name, undefined);
    }
    for (const param of params ?? [])
      if (param.name !== undefined) constants.set(param.name, undefined);
    if (node.local?.name !== undefined) constants.set(node.local.name, undefined);
    if (node.type === 'TSEnumDeclaration') bindEnum(node, bind);
  }
  return constants;
}

/** The number that an expression certainly is. */
export function numberOf(node: Node, constants: Constants): number | undefined {
  const inner = unwrapConst(node);
  switch (inner.type) {
    case 'NumericLiteral': {
      const value: unknown = inner.value;
      return typeof value === 'number' ? value : undefined;
    }
    case 'Identifier':
      return constants.get(inner.name ?? '');
    case 'MemberExpression':
    case 'OptionalMemberExpression': {
      const member = nameOfMember(inner);
      const object = inner.object?.name ?? (inner.object && nameOfMember(inner.object));
      return member === undefined || object === undefined
        ? undefined
        : constants.get(`${object}.${member}`);
    }
    case 'UnaryExpression': {
      const value = inner.argument && numberOf(inner.argument, constants);
      if (value === undefined) return undefined;
      if (inner.operator === '+') return value;
      return inner.operator === '-' ? -value : undefined;
    }
    default:
      return undefined;
  }
}

function bindEnum(node: Node, bind: (name: string, value: number | undefined) => void): void {
  const name = node.id?.name;
  const members = node.members ?? (isNode(node.body) ? node.body.members : undefined);
  let next: number | undefined = 0;
  for (const member of members ?? []) {
    const key = member.id === undefined ? undefined : keyOf(member.id);
    const value: number | undefined =
      member.initializer === undefined ? next : numberOf(member.initializer, new Map());
    next = value === undefined ? undefined : value + 1;
    if (name !== undefined && key !== undefined) bind(`${name}.${key}`, value);
  }
}

function unwrapConst(node: Node): Node {
  let inner = node;
  while (
    (inner.type.startsWith('TS') || inner.type === 'ParenthesizedExpression') &&
    isNode(inner.expression)
  )
    inner = inner.expression;
  return inner;
}

function keyOf(node: Node): string | undefined {
  return node.name ?? textOf(node);
}

function textOf(node: Node): string | undefined {
  const value: unknown = node.value;
  return node.type === 'StringLiteral' && typeof value === 'string' ? value : undefined;
}
