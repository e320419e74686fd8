import { planStage } from '#shared/stages/plan.ts';
import { runTask } from '../agent.ts';

void runTask(planStage);
