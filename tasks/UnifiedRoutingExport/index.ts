import { exportStage } from '#shared/stages/export.ts';
import { runTask } from '../agent.ts';

void runTask(exportStage);
