import { verifyEntry } from '#shared/stages/entries/verify.ts';
import { verifyStage } from '#shared/stages/verify.ts';
import { runTask } from '../agent.ts';

void runTask(verifyEntry, verifyStage);
