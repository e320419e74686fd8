import { areas } from '../routing/catalogue.ts';

/**
 * The logical name of a table however a page prints it: `queues` and `msdyn_liveworkstreams` as
 * addresses have it, `rating model` as people say it.
 */
export function tableNameOf(text: string, known: ReadonlySet<string>): string {
  const name = text.trim().toLowerCase();
  const joined = name.replaceAll(/[\s-]+/g, '');
  for (const candidate of [name, joined, joined.replaceAll('_', '')])
    for (const form of singularsOf(candidate)) if (known.has(form)) return form;
  // `live workstream` is msdyn_liveworkstream.
  for (const form of singularsOf(joined)) {
    const full = [...known].find((table) => table.endsWith(`_${form}`));
    if (full !== undefined) return full;
  }
  return name;
}

function singularsOf(name: string): readonly string[] {
  return [
    name,
    name.replace(/ies$/, 'y'),
    name.replace(/(s|x|z|ch|sh)es$/, '$1'),
    name.replace(/s$/, ''),
  ];
}

/** Tables that the catalogue names. */
export function catalogueTables(): ReadonlySet<string> {
  return new Set(
    areas.flatMap((area) => area.steps.flatMap((step) => step.tables.map(({ table }) => table))),
  );
}
