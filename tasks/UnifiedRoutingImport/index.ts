import { importEntry } from '#shared/stages/entries/import.ts';
import { importStage } from '#shared/stages/import.ts';
import { runTask } from '../agent.ts';

void runTask(importEntry, importStage);
