import { planEntry } from '#shared/stages/entries/plan.ts';
import { planStage } from '#shared/stages/plan.ts';
import { runTask } from '../agent.ts';

void runTask(planEntry, planStage);
