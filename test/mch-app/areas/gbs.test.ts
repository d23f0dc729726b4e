import { gbs } from '#mch/areas/gbs/index.ts';
import { type Mch, startMch } from '../support/mch.ts';
import { areaContract } from './contract.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

describe('maternal/gbs', () => {
  areaContract(gbs, () => mch, { 'gbs-result': { result: 'positive' } });
});
