import type { Finding } from '#shared/errors/finding.ts';
import type { Host } from '#shared/host/host.ts';
import { rootCauses } from '#shared/report/root-causes.ts';
import { renderActions, renderActionTable } from '#shared/report/terminal.ts';
import type { StageEnd } from '#shared/stages/run-stage.ts';

/** What the agent's own library writes for us: commands that the agent carries out. */
export interface AgentCommands {
  print(line: string): void;
  debug(text: string): void;
  progress(percent: number, label: string): void;
  issue(severity: 'error' | 'warning', text: string, code: string): void;
}

/** The log of a task as its page shows it: folded parts, issues, and how far it is. */
export interface AgentLog extends Pick<Host, 'log' | 'progress'> {
  issue: AgentCommands['issue'];
  /** Closes what is open; a title says that the task is through. */
  finish(title: string | undefined): void;
}

/** `clean` takes secrets and commands out of texts: the groups that the agent sees are ours alone. */
export function createAgentLog(agent: AgentCommands, clean: (text: string) => string): AgentLog {
  let open: string | undefined;
  let told = { percent: 0, label: '' };
  const within = (part: string | undefined): void => {
    if (part === open) return;
    if (open !== undefined) agent.print('##[endgroup]');
    if (part !== undefined) agent.print(`##[group]${clean(part)}`);
    open = part;
  };
  const log: AgentLog['log'] = (level, text, part) => {
    if (level === 'debug') {
      agent.debug(clean(text));
      return;
    }
    within(part);
    agent.print(`${level === 'info' ? '' : `##[${level}]`}${clean(text)}`);
  };
  const progress: AgentLog['progress'] = (label, done, total) => {
    const percent = total <= 0 ? 0 : Math.min(100, Math.floor((100 * done) / total));
    // An estimate may have been too low: what was told is not taken back.
    const now = { percent: Math.max(told.percent, percent), label: clean(label) };
    if (now.percent === told.percent && now.label === told.label) return;
    told = now;
    agent.progress(now.percent, now.label);
  };
  return {
    log,
    progress,
    issue: (severity, text, code) => {
      within(undefined);
      agent.issue(severity, clean(text), code);
    },
    finish: (title) => {
      within(undefined);
      if (title !== undefined) progress(title, 1, 1);
    },
  };
}

/** A plan is there to be read, action by action; after an import the counts tell enough. */
export function logPlan(log: AgentLog, end: StageEnd): void {
  const plan = end.report?.plan;
  if (plan === undefined || plan.actions.length === 0) return;
  if (end.result.outputs['planPath'] !== undefined)
    for (const line of renderActions(plan, { colours: false }))
      log.log('info', line, 'Planned actions');
  for (const line of renderActionTable(plan)) log.log('info', line);
}

/**
 * One issue for each cause; the places that share it, and the rows that wait for it, are folded below.
 * Stages know options by their own names, people with a pipeline know inputs.
 */
export function logFindings(
  log: AgentLog,
  findings: readonly Finding[],
  inputOf: (option: string) => string,
): void {
  const worthKnowing = findings.filter(({ severity }) => severity === 'info');
  for (const { code, where, summary, detail, remedy } of worthKnowing)
    log.log('info', told([`${code} ${where}: ${summary}`, detail, remedy]), 'Worth knowing');
  const problems = findings.filter(({ severity }) => severity !== 'info');
  for (const { finding, elsewhere, heldBack } of rootCauses(problems)) {
    const { severity, code, where, summary, detail, remedy } = finding;
    const text = told([
      `${code} ${code === 'URM1001' ? inputOf(where) : where}: ${summary}`,
      detail,
      remedy,
      elsewhere.length === 0 ? '' : `The same in ${counted(elsewhere, 'other place')}.`,
      heldBack.length === 0 ? '' : `${counted(heldBack, 'row')} held back by it.`,
    ]);
    log.issue(severity === 'error' ? 'error' : 'warning', text, code);
    for (const each of [...elsewhere, ...heldBack])
      log.log(
        'info',
        told([`${each.code} ${each.where}: ${each.summary}`, each.detail]),
        `More of ${code}`,
      );
  }
}

function told(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

function counted(items: readonly unknown[], what: string): string {
  return `${items.length} ${what}${items.length === 1 ? '' : 's'}`;
}
