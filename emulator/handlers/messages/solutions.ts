import { invalidArgument, rowNotFound } from '../../errors/payload-errors.ts';
import { managedExport, unknownSolution } from '../../errors/message-errors.ts';
import type { Environment } from '../../environment.ts';
import { componentsOf, findSolution, putComponent } from '../../logic/solution-components.ts';
import { entityId } from '../../metadata/wire/entity-definition.ts';
import { zipArchive } from '../../protocol/zip-archive.ts';
import { scalarText } from '../../query/column-value.ts';
import type { JsonObject } from '../../query/interface.ts';
import { escapeXml } from '../../query/xml-tree.ts';
import type { StoredRow } from '../../store/store.ts';
import { isJsonObject } from '../read-payload.ts';
import {
  numberParameter,
  textParameter,
  type MessageCall,
  type MessageHandler,
} from './message.ts';

/** What is in a solution, and the solution as a file. */
export const solutionActions: ReadonlyMap<string, MessageHandler> = new Map<string, MessageHandler>(
  [
    ['AddSolutionComponent', addComponent],
    ['ExportSolution', exportSolution],
    ['RemoveSolutionComponent', removeComponent],
  ],
);

/** `componenttype` of tables: learn.microsoft.com/power-apps/developer/data-platform/reference/entities/solutioncomponent */
const entityComponent = 1;

function addComponent(call: MessageCall): JsonObject {
  const { environment } = call.context;
  const solution = solutionNamed(environment, textParameter(call, 'SolutionUniqueName'));
  const id = putComponent(environment, solution, {
    objectId: textParameter(call, 'ComponentId').toLowerCase(),
    type: numberParameter(call, 'ComponentType'),
  });
  return { id };
}

function removeComponent(call: MessageCall): JsonObject {
  const { store } = call.context.environment;
  const solution = solutionNamed(
    call.context.environment,
    textParameter(call, 'SolutionUniqueName'),
  );
  const type = numberParameter(call, 'ComponentType');
  const given = call.parameters['SolutionComponent'];
  const objectId = isJsonObject(given)
    ? (given['objectid'] ?? given['solutioncomponentid'])
    : undefined;
  if (typeof objectId !== 'string') {
    throw invalidArgument("The required parameter 'SolutionComponent' is missing.");
  }
  const found = componentsOf(call.context.environment, solution).find(
    ({ id, cells }) =>
      cells.get('componenttype') === type &&
      (cells.get('objectid') === objectId.toLowerCase() || id === objectId.toLowerCase()),
  );
  if (found === undefined) throw rowNotFound('solutioncomponent', objectId);
  store.transaction(() => store.delete('solutioncomponent', found.id));
  return { id: found.id };
}

function solutionNamed(environment: Environment, name: string): StoredRow {
  const found = findSolution(environment, name);
  if (found === undefined) throw unknownSolution(name);
  return found;
}

/** The solution as a zip with its manifest: learn.microsoft.com/power-platform/alm/solution-concepts-alm */
function exportSolution(call: MessageCall): JsonObject {
  const { environment } = call.context;
  const solution = solutionNamed(environment, textParameter(call, 'SolutionName'));
  const { Managed: managed } = call.parameters;
  if (typeof managed !== 'boolean') {
    throw invalidArgument("The required parameter 'Managed' is missing.");
  }
  if (solution.cells.get('ismanaged') === true) throw managedExport();
  const files = new Map([
    ['solution.xml', manifest(environment, solution, managed)],
    ['customizations.xml', customizations(environment, solution)],
    ['[Content_Types].xml', contentTypes],
  ]);
  return { ExportSolutionFile: zipArchive(files).toString('base64') };
}

const contentTypes =
  '<?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/octet-stream" /></Types>';

function manifest(environment: Environment, solution: StoredRow, managed: boolean): string {
  const of = (row: StoredRow | undefined, column: string): string =>
    escapeXml(scalarText(row?.cells.get(column) ?? null));
  const lookup = solution.cells.get('publisherid');
  const publisher =
    typeof lookup === 'object' && lookup !== null && 'id' in lookup
      ? environment.store.get('publisher', lookup.id)
      : undefined;
  const roots = componentsOf(environment, solution).map(({ cells }) => {
    const objectId = scalarText(cells.get('objectid') ?? null);
    const type = scalarText(cells.get('componenttype') ?? null);
    const name = tableWithId(environment, objectId);
    const who = name === undefined ? `id="{${objectId}}"` : `schemaName="${escapeXml(name)}"`;
    return `<RootComponent type="${type}" ${who} behavior="0" />`;
  });
  const named = (row: StoredRow | undefined): string =>
    `<UniqueName>${of(row, 'uniquename')}</UniqueName><LocalizedNames><LocalizedName description="${of(row, 'friendlyname')}" languagecode="1033" /></LocalizedNames><Descriptions />`;
  return [
    `<ImportExportXml version="${environment.version}" SolutionPackageVersion="9.2" languagecode="1033" generatedBy="CrmLive"><SolutionManifest>`,
    named(solution),
    `<Version>${of(solution, 'version')}</Version><Managed>${managed ? 1 : 0}</Managed>`,
    `<Publisher>${named(publisher)}<CustomizationPrefix>${of(publisher, 'customizationprefix')}</CustomizationPrefix>`,
    `<CustomizationOptionValuePrefix>${of(publisher, 'customizationoptionvalueprefix')}</CustomizationOptionValuePrefix></Publisher>`,
    `<RootComponents>${roots.join('')}</RootComponents><MissingDependencies />`,
    '</SolutionManifest></ImportExportXml>',
  ].join('');
}

function customizations(environment: Environment, solution: StoredRow): string {
  const entities = componentsOf(environment, solution).flatMap(({ cells }) => {
    if (cells.get('componenttype') !== entityComponent) return [];
    const name = tableWithId(environment, scalarText(cells.get('objectid') ?? null));
    const entity = name === undefined ? undefined : environment.metadata.entity(name);
    if (entity === undefined) return [];
    const attributes = [...entity.attributes.values()]
      .filter((each) => each.custom && each.attributeOf === undefined)
      .map(
        (each) =>
          `<attribute PhysicalName="${escapeXml(each.schemaName)}"><Type>${escapeXml(each.typeName.replace(/Type$/, '').toLowerCase())}</Type><Name>${escapeXml(each.logicalName)}</Name></attribute>`,
      );
    return [
      `<Entity><Name LocalizedName="${escapeXml(entity.displayName)}" OriginalName="">${escapeXml(entity.schemaName)}</Name><EntityInfo><entity Name="${escapeXml(entity.schemaName)}"><attributes>${attributes.join('')}</attributes></entity></EntityInfo></Entity>`,
    ];
  });
  return `<ImportExportXml><Entities>${entities.join('')}</Entities><Roles /><Workflows /><EntityMaps /><EntityRelationships /><optionsets /><Languages><Language>1033</Language></Languages></ImportExportXml>`;
}

function tableWithId({ metadata }: Environment, id: string): string | undefined {
  for (const entity of metadata.entities()) if (entityId(entity) === id) return entity.logicalName;
  return undefined;
}
