import assert from 'node:assert/strict';
import { readPreferences } from '#emulator/protocol/preferences.ts';

describe('preferences', () => {
  it('are read in any order and quoting, and echoed with quotes', () => {
    const header =
      'return=representation,odata.include-annotations=OData.Community.Display.V1.FormattedValue;odata.maxpagesize=3';
    const found = readPreferences(header);
    assert.equal(found.representation, true);
    assert.equal(found.maxPageSize, 3);
    assert.equal(found.annotation('OData.Community.Display.V1.FormattedValue'), true);
    assert.equal(found.annotation('Microsoft.Dynamics.CRM.lookuplogicalname'), false);
    assert.equal(
      found.applied,
      'return=representation; odata.include-annotations="OData.Community.Display.V1.FormattedValue"; odata.maxpagesize=3',
    );
  });

  it('take lists of annotations with wildcards', () => {
    const found = readPreferences(
      'odata.include-annotations="OData.Community.Display.V1.FormattedValue,Microsoft.Dynamics.CRM.*"',
    );
    assert.equal(found.annotation('Microsoft.Dynamics.CRM.morerecords'), true);
    assert.equal(found.annotation('Microsoft.PowerApps.CDS.TraceText'), false);
    assert.equal(readPreferences('odata.include-annotations="*"').annotation('anything'), true);
  });

  it('cap the page size and ignore what they do not know', () => {
    assert.equal(readPreferences('odata.maxpagesize=9000').maxPageSize, 5000);
    assert.equal(readPreferences('odata.maxpagesize=none').maxPageSize, undefined);
    assert.equal(readPreferences('wait=10, return=minimal').applied, '');
    assert.equal(readPreferences(undefined).applied, '');
  });
});
