import { readProviderManifest } from '#idp/federation/upstream/manifest.ts';
import { classOf, factsOf, issuerFault } from '#idp/federation/upstream/policy.ts';
import {
  refuseBindingMessage,
  refuseNotificationToken,
  waitingSeconds,
} from '#idp/oidc/waiting/ciba-policy.ts';
import type { Target } from './engine.ts';

const INSTITUTION = {
  ...{ code: 'hospital', name: { 'zh-TW': '醫院', en: 'Hospital' }, button: { 'zh-TW': '院內', en: 'Own' } },
  ...{ issuer: 'https://op.example', client: { id: 'x' }, claims: { name: 'name', unit: 'ou' } },
  acr: { ask: ['a'], values: { a: 'mfa', b: 'password' }, secondFactors: ['otp'], ceiling: 'mfa' },
  vouchesFor: { units: ['0123456789'], emailDomains: ['hospital.example'] },
} as const;
const CLAIMS = { name: '王 示範', ou: 'a\u202eb', acr: 'a', amr: ['otp'], email: 'a@hospital.example' };

/** What a client writes when it asks without a browser, and what an institution's own provider is declared as and says. */
export function askingTargets(): Target[] {
  const json = (...values: unknown[]): Buffer[] => values.map((value) => Buffer.from(JSON.stringify(value)));
  return [
    {
      name: 'words of a CIBA request',
      seeds: ['W4SCT-7', '代號 甲', '600', '8d67dc78-7faa-4d41-aabd-67707b374255'].map((text) =>
        Buffer.from(text),
      ),
      run: (input) => {
        refuseBindingMessage(input.toString());
        refuseNotificationToken(input.toString());
        const seconds = waitingSeconds(input.toString(), 600);
        if (!(seconds >= 30 && seconds <= 600)) throw new Error(`waits ${seconds} seconds`);
      },
    },
    {
      name: 'declaration of an upstream provider',
      seeds: json(INSTITUTION),
      run: (input) => {
        const reading = readProviderManifest(input.toString());
        if (reading.ok) issuerFault(reading.manifest.issuer, false);
      },
    },
    {
      name: 'claims of an upstream provider',
      seeds: json(CLAIMS),
      run: (input) => {
        let said: unknown;
        try {
          said = JSON.parse(input.toString());
        } catch {
          return;
        }
        if (said === null || typeof said !== 'object') return;
        const reading = readProviderManifest(JSON.stringify(INSTITUTION));
        if (!reading.ok) throw new Error(reading.faults.join('; '));
        classOf(reading.manifest, said);
        const told = JSON.stringify(factsOf(reading.manifest, said as Record<string, unknown>));
        if (/\p{C}/u.test(told)) throw new Error('a character that hides');
      },
    },
  ];
}
