import type { StageName } from '#shared/stages/stage-entry.ts';
import type { Stage } from '#shared/stages/stage.ts';

/** The code of a stage, loaded when it is needed. */
export async function loadStage(name: StageName): Promise<Stage<unknown>> {
  switch (name) {
    case 'validate':
      return (await import('#shared/stages/validate.ts')).validateStage;
    case 'generate-schema':
      return (await import('#shared/stages/generate-schema.ts')).generateSchemaStage;
    case 'export':
      return (await import('#shared/stages/export.ts')).exportStage;
    case 'plan':
      return (await import('#shared/stages/plan.ts')).planStage;
    case 'import':
      return (await import('#shared/stages/import.ts')).importStage;
    case 'check-drift':
      return (await import('#shared/stages/check-drift.ts')).checkDriftStage;
    case 'verify':
      return (await import('#shared/stages/verify.ts')).verifyStage;
    case 'roll-back':
      return (await import('#shared/stages/roll-back.ts')).rollBackStage;
    case 'migrate-channel-providers':
      return (await import('#shared/stages/migrate-channel-providers.ts'))
        .migrateChannelProvidersStage;
  }
}
