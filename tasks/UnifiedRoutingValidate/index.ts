import { validateEntry } from '#shared/stages/entries/validate.ts';
import { validateStage } from '#shared/stages/validate.ts';
import { runTask } from '../agent.ts';

void runTask(validateEntry, validateStage);
