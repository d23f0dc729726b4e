import { highRisk } from '#mch/areas/high-risk/index.ts';
import { HOSPITAL, type Mch, startMch } from '../support/mch.ts';
import { later, today } from '../support/high-risk.ts';
import { areaContract } from './contract.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

describe('maternal/high-risk', () => {
  areaContract(highRisk, () => mch, {
    'hr-intake': {
      enrolled: 'yes',
      consent: 'yes',
      consent_date: today,
      assigned_unit: HOSPITAL.unit.code,
      case_manager: '測試個管師',
    },
    'hr-plan': {
      planned_contacts: '12',
      planned_visits: '2',
      'goals.0.problem': '血壓偏高',
      'goals.0.goal': '血壓穩定',
      'goals.0.intervention': '每週量測並回報',
      'goals.0.due_date': later(30),
      'goals.0.owner': '測試個管師',
    },
    'hr-contact': { next_date: later(7) },
    'hr-settlement': { month: today.slice(0, 7) },
    'hr-transfer': { handover: 'close', close_reason: 'moved' },
  });
});
