import { migrateChannelProvidersStage } from '#shared/stages/migrate-channel-providers.ts';
import { runTask } from '../agent.ts';

void runTask(migrateChannelProvidersStage);
