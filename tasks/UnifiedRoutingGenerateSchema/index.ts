import { generateSchemaEntry } from '#shared/stages/entries/generate-schema.ts';
import { generateSchemaStage } from '#shared/stages/generate-schema.ts';
import { runTask } from '../agent.ts';

void runTask(generateSchemaEntry, generateSchemaStage);
