const dayMs = 86_400_000;
const weekMs = 7 * dayMs;

/** How far a package's dates are to move. */
export interface DateShift {
  readonly mode: 'relative' | 'relativeDaily';
  readonly exportedAt: string | undefined;
  readonly now: number;
}

/**
 * Moves a date by the time since the export, in whole weeks or whole days:
 * learn.microsoft.com/power-platform/admin/create-schema-export-configuration-data
 */
export function shiftDate(value: string, shift: DateShift): string {
  const exported = Date.parse(shift.exportedAt ?? '');
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/i.test(value);
  const isDay = value.length === 10;
  const moment = Date.parse(hasZone || isDay ? value : `${value}Z`);
  if (Number.isNaN(exported) || Number.isNaN(moment)) return value;
  const unit = shift.mode === 'relative' ? weekMs : dayMs;
  const moved = moment + Math.floor((shift.now - exported) / unit) * unit;
  const text = new Date(moved).toISOString();
  if (isDay) return text.slice(0, 10);
  return hasZone ? `${text.slice(0, 19)}Z` : text.slice(0, 19);
}
