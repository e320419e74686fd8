import { answerMetadata } from '#emulator/metadata/answer-metadata.ts';
import { loadMetadata } from '#emulator/metadata/load-metadata.ts';
import type { Metadata } from '#emulator/metadata/metadata.ts';
import { testEnvironment } from './test-environment.ts';

/** Asks metadata rooms directly: a path below the API root, without a server. */
export function askMetadata(
  path: string,
  metadata: Metadata = loadMetadata({ typeCodeShift: 0 }),
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of any shape, read by assertions
): any {
  const [resource = '', query = ''] = path.split('?');
  const options = new Map<string, string>();
  for (const part of query.split('&').filter((each) => each !== '')) {
    const equals = part.indexOf('=');
    options.set(
      decodeURIComponent(part.slice(0, equals)),
      decodeURIComponent(part.slice(equals + 1)),
    );
  }
  const environment = testEnvironment({ metadata });
  const answer = answerMetadata(
    {
      environment,
      caller: {
        userId: environment.administratorId,
        businessUnitId: environment.rootBusinessUnitId,
      },
      rootUrl: 'http://127.0.0.1:1/api/data/v9.2/',
      preferences: { annotation: () => false },
    },
    resource.split('/'),
    options,
  );
  return answer?.body;
}
