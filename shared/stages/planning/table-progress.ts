import type { Host } from '../../host/host.ts';
import type { SourceTable } from '../../model/table.ts';

/**
 * How far a comparison is. It goes through the tables twice: to know which rows there are, then to
 * compare them; of the second time each table is told, under its step.
 */
export function tableProgress(
  host: Pick<Host, 'log' | 'progress'>,
  tables: readonly Pick<SourceTable, 'step' | 'name'>[],
): (label: string, rows: number) => void {
  const known = new Map(tables.map((table) => [`${table.step} ${table.name}`, table]));
  const read = new Set<string>();
  let done = 0;
  return (label, rows) => {
    done += 1;
    host.progress(label.trim(), done, 2 * tables.length);
    const table = known.get(label);
    if (table === undefined || !read.has(label)) read.add(label);
    else
      host.log(
        'info',
        `${table.name}: ${rows === 1 ? '1 row' : `${rows} rows`} compared`,
        table.step === '' ? 'Comparison' : `${table.step}: comparison`,
      );
  };
}
