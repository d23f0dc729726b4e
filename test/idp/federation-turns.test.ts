import { RegistrationRefused } from '#idp/federation/registration/refusal.ts';
import { createTurns } from '#idp/federation/registration/service/turns.ts';
import { type TrustReason, TrustFault } from '#idp/federation/trust-chain/index.ts';

describe('decisions on who comes by a chain', () => {
  let now = new Date('2026-11-23T04:00:00Z');
  const settings = {};
  const outcomeOf = (decision: Promise<void>) =>
    decision.then(
      () => 'taken',
      (error: unknown) => (error instanceof RegistrationRefused ? error.code : 'a bug'),
    );
  const failing = (reason: TrustReason) => {
    const asked = { times: 0 };
    const decide = () => {
      asked.times += 1;
      return Promise.reject<void>(new TrustFault(reason));
    };
    return { asked, decide, inTurn: createTurns<void>(() => now) };
  };

  it('§10.5: remembers a refusal for a minute, and none for which our own time ran out', async () => {
    for (const [reason, code, times] of [
      ['expired', 'invalid_trust_chain', 1],
      ['unreachable', 'temporarily_unavailable', 1],
      ['limits', 'temporarily_unavailable', 2],
    ] as const) {
      const { asked, decide, inTurn } = failing(reason);
      expect(await outcomeOf(inTurn('a', settings, decide))).toBe(code);
      expect(await outcomeOf(inTurn('a', settings, decide))).toBe(code);
      expect([reason, asked.times]).toEqual([reason, times]);
      now = new Date(now.getTime() + 61_000);
      await outcomeOf(inTurn('a', settings, decide));
      expect(asked.times).toBe(times + 1);
    }
  });

  it('asks anew under other settings', async () => {
    const { asked, decide, inTurn } = failing('expired');
    for (const each of [settings, {}, {}]) await outcomeOf(inTurn('a', each, decide));
    expect(asked.times).toBe(3);
  });

  it('tells everybody who waits the same refusal, in the words of the specification', async () => {
    const { asked, decide, inTurn } = failing('signature');
    const all = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(inTurn('a', settings, decide))));
    expect([new Set(all), asked.times]).toEqual([new Set(['invalid_trust_chain']), 1]);
  });

  it('decides two dozen at once, and tells the next to come again', async () => {
    const inTurn = createTurns<void>(() => now);
    const ends: (() => void)[] = [];
    const wait = () => new Promise<void>((resolve) => ends.push(resolve));
    const all = Array.from({ length: 25 }, (_, at) => outcomeOf(inTurn(`${at}`, settings, wait)));
    expect(await all[24]).toBe('temporarily_unavailable');
    for (const end of ends) end();
    expect(new Set(await Promise.all(all.slice(0, 24)))).toEqual(new Set(['taken']));
    expect(await outcomeOf(inTurn('24', settings, () => Promise.resolve()))).toBe('taken');
  });
});
