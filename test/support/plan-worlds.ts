import * as fc from 'fast-check';
import type { EnvironmentTable } from '#shared/model/table.ts';
import {
  aMemoryTarget,
  anEnvironmentTable,
  aRuleBook,
  aSource,
  bracketReferences,
  idOf,
  type Cells,
  type MemoryTarget,
} from './plan-builders.ts';

/** Tables with everything that makes order and references hard: circles, required lookups, texts. */
const skill = anEnvironmentTable('skill', {
  name: 'text',
  rank: { type: 'decimal', maxValue: 100 },
  hidden: 'boolean',
});
const model = anEnvironmentTable('model', {
  name: 'text',
  parent: { type: 'lookup', to: ['model'] },
  skill: { type: 'lookup', to: ['skill'], required: 'system' },
  rules: 'memo',
  size: { type: 'integer', maxValue: 100 },
});
export const worldTables: readonly EnvironmentTable[] = [skill, model];
export const worldBook = aRuleBook({
  skill: { identities: [{ by: 'unique-name', column: 'name' }] },
  model: { textReferences: new Map([['rules', bracketReferences]]) },
});

const skills = 5;
const models = 8;
/** Rows of every world. */
export const worldRows = skills + models;

/** Packages and targets that share some rows. */
export const worlds = fc.record({
  ranks: fc.array(fc.constantFrom(null, '1', '2.50', '0010.0'), {
    minLength: skills,
    maxLength: skills,
  }),
  parents: fc.array(fc.option(fc.nat(models - 1)), { minLength: models, maxLength: models }),
  skillOf: fc.array(fc.nat(skills - 1), { minLength: models, maxLength: models }),
  texts: fc.array(
    fc.oneof(
      fc.string({ maxLength: 10 }).filter((text) => !text.includes('broken')),
      fc.nat(skills - 1).map((n) => `see <skill:${idOf(100 + n)}>`),
      fc.nat(models - 1).map((n) => `<skill|model:${idOf(200 + n)}>${'-'.repeat(5000)}`),
    ),
    { minLength: models, maxLength: models },
  ),
  /** Skills that the target has by another id, and models it has by the same one. */
  known: fc.uniqueArray(fc.nat(skills - 1)),
  present: fc.uniqueArray(fc.nat(models - 1)),
});

/** One of them. */
export type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

/** Rows of the package that the target cannot hold. */
export interface Faults {
  readonly skills: readonly number[];
  readonly models: readonly number[];
}

const noFaults: Faults = { skills: [], models: [] };
const tooMuch = '1000';

/** Some of the rows of a world. */
export const faults = fc.record({
  skills: fc.uniqueArray(fc.nat(skills - 1)),
  models: fc.uniqueArray(fc.nat(models - 1)),
});

/** The package of a world. */
export function sourceOf(given: World, wrong = noFaults): ReturnType<typeof aSource> {
  return aSource([
    {
      table: model,
      rows: given.parents.map((parent, n) => ({
        id: idOf(200 + n),
        name: `Model ${n}`,
        size: wrong.models.includes(n) ? tooMuch : n,
        skill: { table: 'skill', id: idOf(100 + (given.skillOf[n] ?? 0)) },
        rules: given.texts[n] ?? null,
        ...(parent === null ? {} : { parent: { table: 'model', id: idOf(200 + parent) } }),
      })),
    },
    {
      table: skill,
      rows: given.ranks.map((rank, n) => ({
        id: idOf(100 + n),
        name: `Skill ${n}`,
        rank: wrong.skills.includes(n) ? tooMuch : rank,
      })),
    },
  ]);
}

/** The target of a world, fresh. */
export function targetOf(given: World): MemoryTarget {
  const target = aMemoryTarget(worldTables);
  for (const n of given.known)
    target.put('skill', idOf(900 + n), { name: `Skill ${n}`, rank: '2.5' });
  for (const n of given.present)
    target.put('model', idOf(200 + n), { name: 'Old name' } satisfies Cells);
  return target;
}
