import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv, type ErrorObject } from 'ajv';
import { stageTable } from '#shared/stages/stage-table.ts';

/** The schema of pipelines that Microsoft publishes; not part of the project. */
export const publishedSchema = fileURLToPath(
  new URL('../../../../shared/reference/azure-devops/pipelines.schema.json', import.meta.url),
);

interface TaskInput {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly type: string;
  readonly options?: Readonly<Record<string, string>>;
}

/** Checks pipelines by the published schema, to whose closed list of tasks ours are added. */
export function pipelineValidator(): (pipeline: unknown) => readonly ErrorObject[] {
  const schema = JSON.parse(readFileSync(publishedSchema, 'utf8'));
  const { task } = schema.definitions;
  for (const { task: name, major } of stageTable) {
    const yamlName = `${name}@${major}`;
    task.properties.task.anyOf.push({ enum: [yamlName] });
    task.anyOf.push({
      properties: {
        task: { pattern: `^${yamlName}$` },
        inputs: { properties: inputsOf(name), additionalProperties: false },
      },
      required: ['task'],
    });
  }
  const ajv = new Ajv({ strict: false, unicodeRegExp: false });
  const validate = ajv.compile(schema);
  return (pipeline) => (validate(withTexts(pipeline)) ? [] : (validate.errors ?? []));
}

/** To the schema every scalar is a text, but for what tasks take. */
function withTexts(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(withTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === 'inputs' ? item : withTexts(item)]),
  );
}

function inputsOf(task: string): Readonly<Record<string, object>> {
  const manifest = JSON.parse(
    readFileSync(new URL(`../../../tasks/${task}/task.json`, import.meta.url), 'utf8'),
  ) as { readonly inputs: readonly TaskInput[] };
  return Object.fromEntries(
    manifest.inputs.flatMap(({ name, aliases = [], type, options }) =>
      [name, ...aliases].map((each) => [
        each,
        type === 'boolean'
          ? { type: 'boolean' }
          : options === undefined
            ? { type: 'string' }
            : { enum: Object.keys(options) },
      ]),
    ),
  );
}
