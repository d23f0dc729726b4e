import { expect, jest } from '@jest/globals';

/**
 * Tests of real processes and browsers against the clock. On a machine that is busy with something else one of them may
 * wait too long: it is tried once more, and the first failure is printed all the same. All other tests have one try.
 */
const AGAINST_THE_CLOCK =
  /\/test\/(faults\/[^/]+\.test|browser\/|delivery\/|((protocol\/)?database-faults|workers|stopping|production|standing|leadership|outbound)\.test)/;

if (AGAINST_THE_CLOCK.test(expect.getState().testPath ?? '')) {
  jest.retryTimes(1, { logErrorsBeforeRetry: true });
}
