import type { FindingCode } from '../errors/codes.ts';
import type { Finding } from '../errors/finding.ts';
import {
  phases,
  type Action,
  type Change,
  type Phase,
  type Rewrite,
  type ServerMadeBy,
} from '../model/plan.ts';
import type { Link, RowRef } from '../model/row.ts';
import { decodeValue, encodeValue, isRecord } from './planned-value.ts';

/** An action before it has its number. */
export type Unnumbered = Action extends infer Each
  ? Each extends Action
    ? Omit<Each, 'number'>
    : never
  : never;

/** The text of an action from its second property on: the number is put before it when it is known. */
export function encodeAction(action: Unnumbered): string {
  const { kind, step, phase, level, row, source, name } = action;
  const head = {
    kind,
    step,
    phase,
    level,
    row: { table: row.table, id: row.id },
    ...(source === undefined ? {} : { source }),
    name,
  };
  return JSON.stringify({ ...head, ...encodeRest(action) }).slice(1);
}

function encodeRest(action: Unnumbered): object {
  switch (action.kind) {
    case 'create': {
      const { serverMade } = action;
      const rows = serverMade?.rows.map(({ table, id }) => ({ table, id }));
      return {
        ...(serverMade === undefined ? {} : { serverMade: { rows, key: serverMade.key } }),
        changes: action.changes.map(encodeChange),
      };
    }
    case 'update':
      return {
        ...(action.version === undefined ? {} : { version: action.version }),
        ...(action.switches === undefined
          ? {}
          : { switches: action.switches.map(({ table, id }) => ({ table, id })) }),
        changes: action.changes.map(encodeChange),
      };
    case 'link':
    case 'unlink': {
      const { relationship, from, to } = action.link;
      return {
        link: {
          relationship,
          from: { table: from.table, id: from.id },
          to: { table: to.table, id: to.id },
        },
      };
    }
    case 'delete':
      return {
        ...(action.version === undefined ? {} : { version: action.version }),
        because: action.because,
        ...(action.after === undefined
          ? {}
          : { after: action.after.map(({ table, id }) => ({ table, id })) }),
      };
    case 'blocked':
    case 'manual':
      return { finding: encodeFinding(action.finding) };
  }
}

function encodeChange(change: Change): object {
  const { column, before, after, rewrites } = change;
  return {
    column,
    before: encodeValue(before),
    after: encodeValue(after),
    ...(rewrites === undefined ? {} : { rewrites }),
  };
}

/** A finding with its properties in one order, whoever made it. */
export function encodeFinding(finding: Finding): object {
  const { severity, code, where, summary, detail, remedy } = finding;
  return { severity, code, where, summary, detail, remedy };
}

/** The whole line of an action. */
export function numbered(number: number, encoded: string): string {
  return `{"number":${number},${encoded}`;
}

/** Reads one action line; `undefined` where the line is none. */
export function decodeAction(line: string): Action | undefined {
  const json = parseJson(line);
  if (!isRecord(json)) return undefined;
  const { kind, number, step, level, source, name } = json;
  const row = decodeRef(json['row']);
  const phase = phases.find((known) => known === json['phase']);
  if (
    row === undefined ||
    phase === undefined ||
    typeof number !== 'number' ||
    typeof level !== 'number' ||
    typeof step !== 'string' ||
    typeof name !== 'string' ||
    typeof kind !== 'string'
  )
    return undefined;
  const at = { number, step, phase, level, row, name };
  const placed = typeof source === 'string' ? { ...at, source } : at;
  return decodeRest(kind, placed, json);
}

type Placed = Readonly<{
  number: number;
  step: string;
  phase: Phase;
  level: number;
  row: RowRef;
  source?: string;
  name: string;
}>;

function decodeRest(
  kind: string,
  at: Placed,
  json: Readonly<Record<string, unknown>>,
): Action | undefined {
  const { version, because } = json;
  switch (kind) {
    case 'create': {
      const changes = decodeChanges(json['changes']);
      if (changes === undefined) return undefined;
      if (json['serverMade'] === undefined) return { ...at, kind, changes };
      const serverMade = decodeServerMade(json['serverMade']);
      return serverMade && { ...at, kind, serverMade, changes };
    }
    case 'update': {
      const changes = decodeChanges(json['changes']);
      if (changes === undefined) return undefined;
      const seen = typeof version === 'string' ? { version } : {};
      if (json['switches'] === undefined) return { ...at, kind, ...seen, changes };
      const switches = decodeRefs(json['switches']);
      return switches && { ...at, kind, ...seen, switches, changes };
    }
    case 'link':
    case 'unlink': {
      const link = decodeLink(json['link']);
      return link && { ...at, kind, link };
    }
    case 'delete': {
      if (because !== 'rule' && because !== 'ours' && because !== 'roll-back') return undefined;
      const after = decodeRefs(json['after']);
      return {
        ...at,
        kind,
        because,
        ...(typeof version === 'string' ? { version } : {}),
        ...(after === undefined ? {} : { after }),
      };
    }
    case 'blocked':
    case 'manual': {
      const finding = decodeFinding(json['finding']);
      return finding && { ...at, kind, finding };
    }
    default:
      return undefined;
  }
}

function decodeChanges(json: unknown): readonly Change[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const changes = json.map(decodeChange);
  const known = changes.filter((change) => change !== undefined);
  return known.length === changes.length ? known : undefined;
}

function decodeChange(json: unknown): Change | undefined {
  if (!isRecord(json)) return undefined;
  const { column } = json;
  const before = decodeValue(json['before']);
  const after = decodeValue(json['after']);
  if (typeof column !== 'string' || before === undefined || after === undefined) return undefined;
  if (json['rewrites'] === undefined) return { column, before, after };
  const rewrites = decodeRewrites(json['rewrites']);
  return rewrites && { column, before, after, rewrites };
}

function decodeRewrites(json: unknown): readonly Rewrite[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const rewrites: Rewrite[] = [];
  for (const item of json) {
    if (!isRecord(item)) return undefined;
    const { from, to, at } = item;
    if (typeof from !== 'string' || typeof to !== 'string' || typeof at !== 'string')
      return undefined;
    rewrites.push({ from, to, at });
  }
  return rewrites;
}

function decodeServerMade(json: unknown): ServerMadeBy | undefined {
  if (!isRecord(json) || !Array.isArray(json['rows']) || !Array.isArray(json['key']))
    return undefined;
  const rows = json['rows'].map(decodeRef).filter((row) => row !== undefined);
  const key = json['key'].filter((column) => typeof column === 'string');
  const isWhole = rows.length === json['rows'].length && key.length === json['key'].length;
  return isWhole ? { rows, key } : undefined;
}

function decodeLink(json: unknown): Link | undefined {
  if (!isRecord(json)) return undefined;
  const { relationship } = json;
  const from = decodeRef(json['from']);
  const to = decodeRef(json['to']);
  return typeof relationship === 'string' && from !== undefined && to !== undefined
    ? { relationship, from, to }
    : undefined;
}

function decodeRefs(json: unknown): readonly RowRef[] | undefined {
  return Array.isArray(json) ? json.map(decodeRef).filter((row) => row !== undefined) : undefined;
}

function decodeRef(json: unknown): RowRef | undefined {
  if (!isRecord(json)) return undefined;
  const { table, id } = json;
  return typeof table === 'string' && typeof id === 'string' ? { table, id } : undefined;
}

/** Reads a finding; one with an unknown code is none. */
export function decodeFinding(json: unknown): Finding | undefined {
  if (!isRecord(json)) return undefined;
  const { severity, code, where, summary, detail, remedy } = json;
  if (severity !== 'error' && severity !== 'warning' && severity !== 'info') return undefined;
  if (typeof code !== 'string' || !isCode(code)) return undefined;
  if (typeof where !== 'string' || typeof summary !== 'string') return undefined;
  if (typeof detail !== 'string' || typeof remedy !== 'string') return undefined;
  return { severity, code, where, summary, detail, remedy };
}

function isCode(text: string): text is FindingCode {
  // The registry itself is documentation, 40 kB of it: no task carries it for a check.
  return /^URM1\d{3}$/.test(text);
}

/** Parsed JSON, or `undefined` where the text is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
