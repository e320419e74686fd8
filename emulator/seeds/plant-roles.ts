import type { Environment } from '../environment.ts';
import { accessRights } from '../logic/access-rights.ts';
import type { Entity } from '../metadata/metadata.ts';
import { stableId } from '../metadata/stable-id.ts';
import type { Cell } from '../store/store.ts';
import { plantRows, type SeedIds } from './plant-rows.ts';
import type { SeedRow } from './seed-rows.ts';
import { systemAdministratorTemplateId } from './system-rows.ts';

/** Privileges that belong to no table. */
const otherPrivileges = [
  'prvActOnBehalfOfAnotherUser',
  'prvBypassCustomPlugins',
  'prvBypassCustomBusinessLogic',
  'prvExportCustomization',
  'prvImportCustomization',
  'prvOverrideCreatedOnCreatedBy',
  'prvPublishCustomization',
  'prvReadAttribute',
  'prvReadEntity',
  'prvReadRelationship',
  'prvWriteEntity',
] as const;

/** Bits of `privilege.accessright`; some types have none. */
const bitsOfTypes = { None: 0, ...accessRights } as const;

/** How far a privilege reaches, as `roleprivileges` keeps it. */
const depthMasks = { basic: 1, local: 2, deep: 4, global: 8 } as const;

type Grant = readonly [privilege: string, depth: keyof typeof depthMasks];

/** All privileges of the environment, its roles, and who has them. */
export function plantRoles(
  environment: Environment,
  options: { readonly ids: SeedIds; readonly salt: string },
): void {
  const privileges = allPrivileges(environment);
  const idOfName = new Map(privileges.map((each) => [each.name, each.id]));
  environment.store.transaction(() => {
    for (const { id, cells } of privileges) environment.store.put('privilege', id, cells);
  });
  const roles = roleRows(environment);
  plantRows(
    environment,
    {
      role: roles.map((each) => each.row),
      systemuserroles: [
        pair('administrator', 'system-administrator'),
        pair('release-pipeline', 'system-administrator'),
        pair('routing-reader', 'routing-reader'),
      ],
    },
    options,
  );
  environment.store.transaction(() => {
    for (const role of roles) {
      const roleId = options.ids.get(`role#${role.key}`) ?? '';
      for (const [name, depth] of role.grants) {
        const privilegeId = idOfName.get(name);
        if (privilegeId === undefined) continue;
        const cells = new Map<string, Cell>([
          ['roleid', roleId],
          ['privilegeid', privilegeId],
          ['privilegedepthmask', depthMasks[depth]],
        ]);
        environment.store.put('roleprivileges', stableId(`${roleId} ${privilegeId}`), cells);
      }
    }
  });
}

function pair(user: string, role: string): SeedRow {
  return { key: `${user} ${role}`, systemuserid: `systemuser#${user}`, roleid: `role#${role}` };
}

function roleRows(
  environment: Environment,
): readonly { readonly key: string; readonly row: SeedRow; readonly grants: readonly Grant[] }[] {
  const entities = [...environment.metadata.entities()];
  return [
    {
      ...role('system-administrator', 'System Administrator', systemAdministratorTemplateId),
      grants: [
        ...entities.flatMap((each) => each.privileges.map((held): Grant => [held.name, 'global'])),
        ...otherPrivileges.map((name): Grant => [name, 'global']),
      ],
    },
    {
      // Reads all of unified routing and changes nothing: enough to validate, export, plan and verify.
      ...role('routing-reader', 'Unified routing reader'),
      grants: [
        ...entities.filter(isRouting).flatMap((each) => grantsOf(each, ['Read'])),
        ['prvReadEntity', 'global'],
        ['prvReadAttribute', 'global'],
        ['prvReadRelationship', 'global'],
      ],
    },
    {
      // What an import needs at least, without Delete, Assign and Share.
      ...role('routing-importer', 'Unified routing importer'),
      grants: [
        ...entities
          .filter(isRouting)
          .flatMap((each) => grantsOf(each, ['Create', 'Read', 'Write', 'Append', 'AppendTo'])),
        ['prvReadEntity', 'global'],
        ['prvReadAttribute', 'global'],
        ['prvReadRelationship', 'global'],
      ],
    },
    {
      ...role('agent', 'Omnichannel agent'),
      grants: entities.filter(isRouting).flatMap((each) => grantsOf(each, ['Read'], 'basic')),
    },
  ];
}

function role(
  key: string,
  name: string,
  templateId?: string,
): { readonly key: string; readonly row: SeedRow } {
  return {
    key,
    row: {
      key,
      name,
      businessunitid: 'businessunit#root',
      ismanaged: templateId !== undefined,
      ...(templateId === undefined ? {} : { roletemplateid: templateId }),
    },
  };
}

const routingTables = new Set([
  'bookableresource',
  'bookableresourcecharacteristic',
  'businessunit',
  'calendar',
  'calendarrule',
  'characteristic',
  'organization',
  'privilege',
  'publisher',
  'queue',
  'ratingmodel',
  'ratingvalue',
  'role',
  'sdkmessage',
  'sdkmessagefilter',
  'solution',
  'systemuser',
  'team',
  'transactioncurrency',
]);

function isRouting(entity: Entity): boolean {
  return routingTables.has(entity.logicalName) || entity.logicalName.startsWith('msdyn_');
}

function grantsOf(
  entity: Entity,
  types: readonly Entity['privileges'][number]['type'][],
  depth: keyof typeof depthMasks = 'global',
): readonly Grant[] {
  return entity.privileges
    .filter((each) => types.includes(each.type))
    .map((each): Grant => [each.name, depth]);
}

function allPrivileges(environment: Environment): readonly {
  readonly id: string;
  readonly name: string;
  readonly cells: ReadonlyMap<string, Cell>;
}[] {
  const known = new Map<
    string,
    { readonly id: string; readonly cells: ReadonlyMap<string, Cell> }
  >();
  for (const entity of environment.metadata.entities()) {
    const levels = entity.ownership === 'UserOwned' || entity.ownership === 'BusinessOwned';
    for (const { name, id, type } of entity.privileges) {
      known.set(name, { id, cells: privilegeCells(name, bitsOfTypes[type], levels) });
    }
  }
  for (const name of otherPrivileges) {
    known.set(name, { id: stableId(`privilege ${name}`), cells: privilegeCells(name, 0, false) });
  }
  return [...known].map(([name, each]) => ({ name, ...each }));
}

function privilegeCells(name: string, right: number, levels: boolean): ReadonlyMap<string, Cell> {
  return new Map<string, Cell>([
    ['name', name],
    ['accessright', right],
    ['canbebasic', levels],
    ['canbelocal', levels],
    ['canbedeep', levels],
    ['canbeglobal', true],
  ]);
}
