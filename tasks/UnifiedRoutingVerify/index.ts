import { verifyStage } from '#shared/stages/verify.ts';
import { runTask } from '../agent.ts';

void runTask(verifyStage);
