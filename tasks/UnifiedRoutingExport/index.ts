import { exportEntry } from '#shared/stages/entries/export.ts';
import { exportStage } from '#shared/stages/export.ts';
import { runTask } from '../agent.ts';

void runTask(exportEntry, exportStage);
