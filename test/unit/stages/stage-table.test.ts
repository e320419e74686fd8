import assert from 'node:assert/strict';
import { inputName, optionName } from '#shared/stages/stage-options.ts';
import type { StageEntry } from '#shared/stages/stage-entry.ts';
import { stageTable } from '#shared/stages/stage-table.ts';

const entries: readonly StageEntry[] = stageTable;

describe('the table of stages', () => {
  it('names flags, inputs and options by one rule', () => {
    const option = { flag: 'plan-hash', kind: 'text', label: '', help: '' } as const;
    assert.equal(optionName(option.flag), 'planHash');
    assert.equal(inputName(option), 'planHash');
    assert.equal(inputName({ ...option, flag: 'package', kind: 'path' }), 'packagePath');
    assert.equal(inputName({ ...option, flag: 'out', kind: 'path' }), 'outputPath');
  });

  it('gives the names that the contract fixes', () => {
    assert.deepEqual(
      entries.map(({ name, task }) => [name, task]),
      [
        ['validate', 'UnifiedRoutingValidate'],
        ['generate-schema', 'UnifiedRoutingGenerateSchema'],
        ['export', 'UnifiedRoutingExport'],
        ['plan', 'UnifiedRoutingPlan'],
        ['import', 'UnifiedRoutingImport'],
        ['verify', 'UnifiedRoutingVerify'],
        ['check-drift', 'UnifiedRoutingCheckDrift'],
        ['roll-back', 'UnifiedRoutingRollBack'],
        ['migrate-channel-providers', 'ChannelProviderMigrate'],
      ],
    );
  });

  for (const entry of entries)
    describe(entry.name, () => {
      it('has each flag and each input once', () => {
        const flags = [
          ...entry.connections.flatMap((connection) => connection.flags),
          ...entry.options.map(({ flag }) => flag),
        ];
        const inputs = [
          ...entry.connections.flatMap((item) => [item.serviceConnection, item.environmentUrl]),
          ...entry.options.map(inputName),
        ];
        assert.equal(new Set(flags).size, flags.length);
        assert.equal(new Set(inputs).size, inputs.length);
      });

      it('says what every option means in whole sentences', () => {
        for (const { help, flag } of entry.options) assert.match(help, /^[A-Z].*[.)]$/, flag);
        assert.match(entry.summary, /\.$/);
      });

      it('gives choices a default that is one of them', () => {
        for (const option of entry.options)
          if (option.kind === 'choice')
            assert.ok(
              option.choices?.some(({ value }) => value === option.default),
              option.flag,
            );
      });
    });
});
