import { defaultSecret } from '#emulator/emulator.ts';
import { applicationIds } from '#emulator/seeds/system-rows.ts';
import type { TestEmulator } from './emulator.ts';
import type { TestEndpoint } from './run-task.ts';

/** A service connection to an emulator, which signs in by the secret that it knows. */
export async function secretEndpoint(emulator: TestEmulator): Promise<TestEndpoint> {
  const { tenantId } = await emulator.state();
  return {
    url: emulator.url,
    scheme: 'None',
    parameters: {
      tenantId,
      applicationId: applicationIds.releasePipeline,
      clientSecret: defaultSecret,
    },
  };
}
