import { preventiveCare } from '#mch/areas/preventive-care/index.ts';
import { type Mch, startMch } from '../support/mch.ts';
import { dayFrom } from './preventive-people.ts';
import { areaContract } from './contract.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

describe('child/preventive-care', () => {
  areaContract(preventiveCare, () => mch, {
    'child-development': { birth_at: `${dayFrom(-220)}T08:00` },
    'child-referral': { to_unit: '1132010024', guardian_consent: 'yes' },
    'child-diagnosis': { diagnosis: 'Q21.0', reported_on: dayFrom(0) },
    'child-claim': { claim_month: dayFrom(0).slice(0, 7) },
    'child-tracking': { next_date: dayFrom(7) },
  });
});
