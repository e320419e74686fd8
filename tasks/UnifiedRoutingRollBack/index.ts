import { rollBackEntry } from '#shared/stages/entries/roll-back.ts';
import { rollBackStage } from '#shared/stages/roll-back.ts';
import { runTask } from '../agent.ts';

void runTask(rollBackEntry, rollBackStage);
