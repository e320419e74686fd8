import { checkDriftStage } from '#shared/stages/check-drift.ts';
import { runTask } from '../agent.ts';

void runTask(checkDriftStage);
