import { generateSchemaStage } from '#shared/stages/generate-schema.ts';
import { runTask } from '../agent.ts';

void runTask(generateSchemaStage);
