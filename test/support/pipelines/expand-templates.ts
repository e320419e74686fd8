import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { evaluate, isTrue, memberOf, textOf, type Value } from './expression.ts';

type Mapping = { readonly [name: string]: Value };

/** A pipeline as the server sees it: templates taken in, template expressions evaluated. */
export function expandPipeline(path: string, parameters: Mapping = {}): Mapping {
  return asMapping(expandFile(path, parameters));
}

function expandFile(path: string, given: Mapping): Value {
  const { parameters: declared, ...body } = asMapping(parse(readFileSync(path, 'utf8')) as Value);
  const defaults = listOf(declared).map((each) => [
    textOf(memberOf(each, 'name')),
    memberOf(each, 'default'),
  ]);
  const names = { parameters: { ...Object.fromEntries(defaults), ...given } };
  return expand(body, { names, folder: dirname(path) });
}

interface Place {
  readonly names: Mapping;
  readonly folder: string;
}

const whole = /^\$\{\{([^}]+)\}\}$/;

function expand(value: Value, place: Place): Value {
  if (typeof value === 'string') return expandText(value, place);
  if (Array.isArray(value))
    return (value as readonly Value[]).flatMap((item) => items(item, place));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Mapping).flatMap(([key, item]): [string, Value][] => {
      const inserted = directive(key, item, place);
      if (inserted === undefined) return [[textOf(expandText(key, place)), expand(item, place)]];
      return inserted.flatMap((each) => Object.entries(asMapping(each)));
    }),
  );
}

/** What an item of a list becomes: itself, or the items of a template, a loop or a condition. */
function items(item: Value, place: Place): readonly Value[] {
  if (typeof item === 'object' && item !== null && !Array.isArray(item)) {
    const mapping = item as Mapping;
    const [key = ''] = Object.keys(mapping);
    const inserted = directive(key, mapping[key], place);
    if (inserted !== undefined)
      return inserted.flatMap((each) =>
        Array.isArray(each) ? (each as readonly Value[]) : [each],
      );
    const template = memberOf(mapping, 'template');
    if (typeof template === 'string') {
      const parameters = expand(memberOf(mapping, 'parameters') ?? {}, place);
      const file = asMapping(expandFile(join(place.folder, template), asMapping(parameters)));
      return listOf(file['stages'] ?? file['jobs'] ?? file['steps']);
    }
  }
  return [expand(item, place)];
}

/** `${{ each x in y }}` and `${{ if z }}` as keys: what stands under them, as often as they say. */
function directive(key: string, item: Value, place: Place): readonly Value[] | undefined {
  const text = whole.exec(key)?.[1]?.trim() ?? '';
  const each = /^each (\w+) in (.+)$/.exec(text);
  if (each !== null) {
    const [, name = '', list = ''] = each;
    return listOf(valueOf(list, place)).map((value) =>
      expand(item, { ...place, names: { ...place.names, [name]: value } }),
    );
  }
  const condition = /^if (.+)$/.exec(text)?.[1];
  if (condition === undefined) return undefined;
  return isTrue(valueOf(condition, place)) ? [expand(item, place)] : [];
}

function expandText(text: string, place: Place): Value {
  const only = whole.exec(text)?.[1];
  if (only !== undefined) return valueOf(only, place);
  return text.replaceAll(/\$\{\{([^}]+)\}\}/g, (_, inner: string) =>
    textOf(valueOf(inner, place) ?? ''),
  );
}

function valueOf(text: string, { names }: Place): Value {
  return evaluate(text, { names, succeeded: true });
}

export function asMapping(value: Value): Mapping {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`A mapping was expected, not ${JSON.stringify(value)}.`);
  return value as Mapping;
}

export function listOf(value: Value): readonly Value[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Value[]) : [value];
}
