import { validateStage } from '#shared/stages/validate.ts';
import { runTask } from '../agent.ts';

void runTask(validateStage);
