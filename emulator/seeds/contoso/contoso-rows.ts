import { frameworkRows } from '../cif/framework-rows.ts';
import type { SeedTables } from '../seed-rows.ts';
import { assignmentRows } from './assignment-rows.ts';
import { capacityRows } from './capacity-rows.ts';
import { chatRows } from './chat-rows.ts';
import { deskRows } from './desk-rows.ts';
import { mergeTables } from './merge-tables.ts';
import { messageRows } from './message-rows.ts';
import { queueRows } from './queue-rows.ts';
import { recordRows } from './record-rows.ts';
import { skillRows } from './skill-rows.ts';
import { socialRows } from './social-rows.ts';
import { voiceRows } from './voice-rows.ts';

/** The contact centre of a company that sells and repairs coffee machines. */
export const contosoRows: SeedTables = mergeTables([
  skillRows,
  capacityRows,
  queueRows,
  assignmentRows,
  recordRows,
  voiceRows,
  chatRows,
  messageRows,
  socialRows,
  frameworkRows,
  deskRows,
]);
