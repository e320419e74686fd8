import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { codes } from '#shared/errors/codes.ts';
import type { CodeEntry } from '#shared/errors/codes/code-entry.ts';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
import type { Action } from '#shared/model/plan.ts';
import { failureOf } from '#shared/stages/apply/run-log.ts';

/** What the documented procedure and its known problems show, as people search for it. */
const symptoms = [
  'Yellow warning signs',
  'There was no endpoint listening at',
  'This is often caused by an incorrect address or SOAP action',
  'Insert Record - Result: False - Entity: msdyn_decisionruleset',
  'ReferencingEntity=msdyn_rulesetdependencymapping has attribute msdyn_referencedpolymorphicentityid value=Guid.Empty',
  'Schema Validation failed for Missing fields on Entities, See log for missing fields',
  'Missing Fields on Entity',
  'EXIT IMPORT PROCESS COMPLETE',
  'Queues were created and updated in one import',
  'The record type is in the target already, with another id',
  'Some required services need to be installed before unified routing can be turned on',
  'Before unified routing can be turned on, Omnichannel needs to be updated',
  'Context variables were imported before the survey that makes them',
  'An active layer over a managed row',
  'A managed row cannot be deleted',
] as const;

describe('symptoms of the documented procedure', () => {
  it('each have a code, and can be searched for on the troubleshooting page', async () => {
    const page = await readFile(
      new URL('../../../docs/troubleshooting.md', import.meta.url),
      'utf8',
    );
    const entries: readonly (readonly [string, CodeEntry])[] = Object.entries(codes);
    for (const symptom of symptoms) {
      const [code] =
        entries.find(([, { seenAs }]) => seenAs?.some((text) => text.includes(symptom))) ?? [];
      assert.ok(code !== undefined, symptom);
      const section = page.slice(page.indexOf(`### ${code}:`));
      assert.ok(section.slice(0, section.indexOf('\n### ')).includes(symptom), symptom);
    }
  });

  it('lead from the table at the top to codes that are there', async () => {
    const page = await readFile(
      new URL('../../../docs/troubleshooting.md', import.meta.url),
      'utf8',
    );
    const ids = new Set([...page.matchAll(/<a id="(\w+)">/g)].map(([, id = '']) => id));
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    assert.ok(links.length >= symptoms.length - 1);
    assert.deepEqual(
      links.filter((anchor) => !ids.has(anchor)),
      [],
    );
  });

  it('get the code of the missing context variable when the service says it in its own words', () => {
    const action: Action = {
      kind: 'create',
      number: 1,
      step: '06-voice-workstreams',
      phase: 'rows',
      level: 0,
      row: { table: 'msdyn_decisionruleset', id: '9188ef2c-4a22-4d11-b83c-000d3a8d5b2c' },
      name: 'Gold',
      changes: [],
    };
    const told = (serviceMessage: string): string =>
      failureOf(
        action,
        {
          is: 'failed',
          error: new DataverseError(
            'URM1045',
            { what: 'The service refused the request', where: 'POST', next: '' },
            { status: 400, serviceCode: '0x80040265', serviceMessage },
          ),
        },
        () => undefined,
      ).code;
    assert.equal(
      told(
        'ReferencingEntity=msdyn_rulesetdependencymapping has attribute msdyn_referencedpolymorphicentityid value=Guid.Empty for relationship=msdyn_rulesetdependencymapping_ocliveworkstreamcontextvariable_referencedpolymorphicentityid',
      ),
      'URM1411',
    );
    assert.equal(told('A validation error occurred.'), 'URM1401');
  });
});
