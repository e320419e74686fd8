import type { Entity } from '../metadata/metadata.ts';
import { ServiceError } from '../service-error.ts';

/** A row that came with a managed solution cannot be deleted by itself. */
export function managedDelete(entity: Entity, id: string): ServiceError {
  return new ServiceError(
    400,
    '0x8004f013',
    `You cannot delete ${entity.logicalName} ${id}. Deletion cannot be performed when ${entity.logicalName} is managed.`,
  );
}

export function managedUpdate(entity: Entity, id: string): ServiceError {
  return new ServiceError(
    400,
    '0x8004f012',
    `You cannot update ${entity.logicalName} ${id}. Updates cannot be performed when ${entity.logicalName} is managed.`,
  );
}

/** Text thrown by a server plug-in. */
export function refusedByPlugin(message: string): ServiceError {
  return new ServiceError(400, '0x80040265', message);
}

/**
 * A ruleset names a context variable that is not there: the text is the one users met when rulesets were
 * imported before variables (MicrosoftDocs/dynamics-365-customer-engagement#2746).
 */
export function contextVariableMissing(): ServiceError {
  return new ServiceError(
    400,
    '0x80040203',
    'ReferencingEntity=msdyn_rulesetdependencymapping has attribute msdyn_referencedpolymorphicentityid value=Guid.Empty for relationship=msdyn_rulesetdependencymapping_ocliveworkstreamcontextvariable_referencedpolymorphicentityid, relationship.ReferencedEntity=msdyn_ocliveworkstreamcontextvariable, relationship.ReferencedAttribute.PlatformName=msdyn_ocliveworkstreamcontextvariableid',
  );
}
