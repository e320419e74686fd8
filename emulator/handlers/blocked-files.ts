import type { Environment } from '../environment.ts';
import { fileBlocked } from '../errors/message-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { Cell } from '../store/store.ts';

/** Refuses a file by the end of its name, as the organization's `blockedattachments` has it. */
export function assertNotBlocked({ store, organizationId }: Environment, fileName: string): void {
  if (!fileName.includes('.')) return;
  const end = fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase();
  const blocked = store.get('organization', organizationId)?.cells.get('blockedattachments');
  if (typeof blocked === 'string' && blocked.toLowerCase().split(';').includes(end))
    throw fileBlocked();
}

/** Notes and attachments name their file in a column. */
export function assertFileOfRow(
  environment: Environment,
  entity: Entity,
  cells: ReadonlyMap<string, Cell>,
): void {
  if (entity.logicalName !== 'annotation' && entity.logicalName !== 'activitymimeattachment')
    return;
  const name = cells.get('filename');
  if (typeof name === 'string') assertNotBlocked(environment, name);
}
