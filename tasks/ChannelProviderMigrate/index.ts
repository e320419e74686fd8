import { migrateChannelProvidersEntry } from '#shared/stages/entries/migrate-channel-providers.ts';
import { migrateChannelProvidersStage } from '#shared/stages/migrate-channel-providers.ts';
import { runTask } from '../agent.ts';

void runTask(migrateChannelProvidersEntry, migrateChannelProvidersStage);
