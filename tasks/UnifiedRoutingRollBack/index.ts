import { rollBackStage } from '#shared/stages/roll-back.ts';
import { runTask } from '../agent.ts';

void runTask(rollBackStage);
