import { attachmentActions } from './attachment-blocks.ts';
import { autoNumberActions } from './auto-number-seed.ts';
import { closingActions } from './closing.ts';
import { eligibilityActions } from './eligibility.ts';
import { jobActions } from './jobs.ts';
import { membershipActions } from './membership.ts';
import { mergeActions } from './merge.ts';
import type { MessageHandler } from './message.ts';
import { rolePrivilegeActions } from './role-privileges.ts';
import { sharingActions } from './sharing.ts';
import { solutionActions } from './solutions.ts';

/** Actions that take effect at once or need none here: the emulator has no caches, apps or sample data. */
const withoutEffect = [
  'AddAppComponents',
  'InstallSampleData',
  'ReactivateEntityKey',
  'RemoveAppComponents',
  'UninstallSampleData',
] as const;

/** Every documented action beside those of files: unbound, or bound to the row they are about. */
export const documentedActions: ReadonlyMap<string, MessageHandler> = new Map<
  string,
  MessageHandler
>([
  ...attachmentActions,
  ...autoNumberActions,
  ...closingActions,
  ...eligibilityActions,
  ...jobActions,
  ...membershipActions,
  ...mergeActions,
  ...rolePrivilegeActions,
  ...sharingActions,
  ...solutionActions,
  ...withoutEffect.map((name) => [name, () => undefined] as const),
]);
