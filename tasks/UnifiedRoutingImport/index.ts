import { importStage } from '#shared/stages/import.ts';
import { runTask } from '../agent.ts';

void runTask(importStage);
