import { checkDriftEntry } from '#shared/stages/entries/check-drift.ts';
import { checkDriftStage } from '#shared/stages/check-drift.ts';
import { runTask } from '../agent.ts';

void runTask(checkDriftEntry, checkDriftStage);
