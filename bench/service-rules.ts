/** What an emulator is told, in times as the client sees them. */
export interface ServiceRules {
  readonly latencyMs: number;
  readonly writeMs: number;
  readonly hint: number;
  readonly protection: boolean;
  readonly timeScale: number;
}

/** The emulator's flags for the rules. */
export function flagsOf(rules: ServiceRules): readonly string[] {
  return [
    `--latency=${rules.latencyMs}`,
    `--write-cost=${rules.writeMs}`,
    `--dop-hint=${rules.hint}`,
    `--time-scale=${rules.timeScale}`,
    ...(rules.protection ? ['--service-protection'] : []),
  ];
}

/** The rules in words. */
export function conditionsOf(rules: ServiceRules): string {
  const { latencyMs, writeMs, hint, protection, timeScale } = rules;
  return `${latencyMs} ms latency, ${writeMs} ms per write, hint ${hint}, service protection ${protection ? 'on' : 'off'}, clock ${timeScale} times as fast`;
}

const windowSeconds = 300;
const executionSeconds = 1200;

/**
 * The shortest time in which so many rows can be written under all rules together: as many at a time as the
 * hint allows, until the execution time of the window is spent, and again when it has passed.
 */
export function limitSeconds(rows: number, rules: ServiceRules): number {
  const work = (rows * rules.writeMs) / 1000;
  const unlimited = work / rules.hint + rules.latencyMs / 1000;
  if (!rules.protection || work <= executionSeconds) return unlimited;
  const windows = Math.ceil(work / executionSeconds) - 1;
  const rest = work - windows * executionSeconds;
  const perWindow = Math.max(windowSeconds, executionSeconds / rules.hint);
  return windows * perWindow + rest / rules.hint + rules.latencyMs / 1000;
}
