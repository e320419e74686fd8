import type { FuzzTarget } from '../fuzz-target.ts';
import { emulatorTargets } from './emulator-requests.ts';
import { packageTargets } from './package-files.ts';
import { ruleTargets } from './rule-texts.ts';
import { answerTargets } from './service-answers.ts';
import { settingsTargets } from './settings-files.ts';

/** Every reader of something that comes from outside. */
export const fuzzTargets: readonly FuzzTarget[] = [
  ...packageTargets,
  ...ruleTargets,
  ...answerTargets,
  ...settingsTargets,
  ...emulatorTargets,
];
