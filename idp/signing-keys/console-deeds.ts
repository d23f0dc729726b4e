import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import type { Locale } from '#kit/http/locale.ts';
import { formatDateTime } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleCaller, Deed } from '../permissions/index.ts';
import { confirmRevocation } from './confirm.ts';
import { ALGORITHMS, type SigningKeyDeps, algorithmsInUse } from './service.ts';
import type { ByOperator } from './service/record.ts';
import { previewRetirement, retireKey } from './service/retire.ts';
import { previewRevocation, revokeKey } from './service/revoke.ts';
import { previewRotation, rotateKeys } from './service/rotate.ts';
import { listKeys } from './store.ts';
import { findRevocation } from './store/revocations.ts';
import type { KeySchedule, RetirementDecision, RevocationPlan, SigningAlgorithm } from './types.ts';
import { KEYS } from './view.ts';

export type Visit = Context & { params: Record<string, string> };

/** A deed that is shown with what it would do before it is done, and wants a reason. */
export interface AskedDeed {
  path: string;
  deed: Deed;
  area: string;
  /** What it would do, line by line. @throws Fault not_found */
  describe(ctx: Visit, caller: ConsoleCaller): Promise<Line[]>;
  /** @returns what was done. @throws Fault conflict when it cannot be done any more */
  run(ctx: Visit, deed: { reason: string; by: ByOperator }): Promise<string>;
  next?(ctx: Visit): string;
}

interface Line {
  label: string;
  effect: string;
  refused: boolean;
}

type DeedDeps = SigningKeyDeps & { config: { issuer: string; keys: { schedule: KeySchedule } } };

/** What operators do to keys at the console; the same services do the commands. */
export function keyDeeds(deps: DeedDeps): AskedDeed[] {
  return [
    rotation(deps, `${KEYS}/rotation`),
    rotation(deps, `${KEYS}/algorithms/:alg/rotation`),
    retirement(deps),
    revocation(deps),
    confirmation(deps),
  ];
}

const kidOf = (ctx: Visit): string => ctx.params['kid'] ?? '';

function rotation(deps: DeedDeps, path: string): AskedDeed {
  const { schedule } = deps.config.keys;
  const area = 'console-key-rotation';
  const algOf = (ctx: Visit): SigningAlgorithm | undefined => {
    const wanted = ctx.params['alg'];
    const alg = ALGORITHMS.find((known) => known === wanted);
    if (wanted !== undefined && !alg) throw new Fault('not_found');
    return alg;
  };
  return {
    ...{ path, area, deed: 'signing_keys.rotate' },
    async describe(ctx) {
      const alg = algOf(ctx);
      const { locale } = ctx.state;
      const plan = await previewRotation(deps, schedule, { ask: true, alg });
      const usual = algorithmsInUse(await listKeys(deps.db, deps.clock()));
      return (alg ? [alg] : usual).map((label) => {
        const made = plan.create.find((candidate) => candidate.alg === label);
        if (!made) return { label, effect: translate(locale, `${area}.refused`), refused: true };
        const { earliest, deadline } = made.wait ?? { earliest: made.signFrom, deadline: made.signFrom };
        const until = new Date(deadline.getTime() + schedule.keepPublishedMs);
        const effect = translate(locale, `${area}.line`, moments(locale, { earliest, deadline, until }));
        return { label, effect, refused: false };
      });
    },
    async run(ctx, deed) {
      const plan = await rotateKeys(deps, schedule, { ask: true, alg: algOf(ctx), ...deed });
      return plan.create.length > 0 ? 'rotated' : 'announced';
    },
  };
}

function retirement(deps: DeedDeps): AskedDeed {
  const { schedule } = deps.config.keys;
  const area = 'console-key-retirement';
  return {
    ...{ path: `${KEYS}/:kid/retirement`, area, deed: 'signing_keys.rotate' },
    async describe(ctx) {
      const decision = await previewRetirement(deps, schedule, kidOf(ctx));
      if (!decision.allowed && decision.reason === 'unknown_key') throw new Fault('not_found');
      const effect = effectOfRetirement(ctx.state.locale, area, decision);
      return [{ label: kidOf(ctx), effect, refused: !decision.allowed }];
    },
    async run(ctx, deed) {
      const decision = await retireKey(deps, schedule, kidOf(ctx), deed);
      if (!decision.allowed) throw new Fault(decision.reason === 'unknown_key' ? 'not_found' : 'conflict');
      return 'retired';
    },
  };
}

function effectOfRetirement(locale: Locale, area: string, decision: RetirementDecision): string {
  if (decision.allowed) {
    return translate(locale, `${area}.${decision.reopen === undefined ? 'line' : 'line-reopen'}`);
  }
  const until = 'until' in decision && decision.until ? moments(locale, { until: decision.until }) : {};
  const sessions = 'sessions' in decision ? { sessions: decision.sessions } : {};
  return translate(locale, `${area}.${decision.reason.replaceAll('_', '-')}`, { ...until, ...sessions });
}

function revocation(deps: DeedDeps): AskedDeed {
  const { issuer, keys } = deps.config;
  const area = 'console-key-revocation';
  return {
    ...{ path: `${KEYS}/:kid/revocation`, area, deed: 'signing_keys.revoke' },
    async describe(ctx) {
      const { locale } = ctx.state;
      const plan = await previewRevocation(deps, keys.schedule, kidOf(ctx));
      if (plan) return [{ label: `${plan.alg} ${kidOf(ctx)}`, ...effectOfRevocation(locale, area, plan) }];
      if (!(await findRevocation(deps.db, kidOf(ctx)))) throw new Fault('not_found');
      return [{ label: kidOf(ctx), effect: translate(locale, `${area}.refused`), refused: true }];
    },
    async run(ctx, deed) {
      const plan = await revokeKey({ ...deps, issuer }, keys.schedule, kidOf(ctx), deed);
      if (!plan) throw new Fault('conflict');
      return 'revoked';
    },
  };
}

function effectOfRevocation(locale: Locale, area: string, { reopen, promote, create }: RevocationPlan) {
  const word = create ? 'line-create' : promote ? 'line-promote' : reopen ? 'line-reopen' : 'line-plain';
  const kid = promote?.kid ?? reopen ?? '';
  return { effect: translate(locale, `${area}.${word}`, { kid }), refused: false };
}

function confirmation(deps: DeedDeps): AskedDeed {
  const area = 'console-key-confirmation';
  return {
    ...{ path: `${KEYS}/:kid/confirmation`, area, deed: 'signing_keys.confirm' },
    async describe(ctx, caller) {
      const found = await findRevocation(deps.db, kidOf(ctx));
      if (!found) throw new Fault('not_found');
      const refused = found.confirmedAt !== null || found.revokedBy === caller.accountId;
      const effect = translate(ctx.state.locale, `${area}.${refused ? 'refused' : 'line'}`);
      return [{ label: `${found.kid} · ${found.revokedByName ?? '–'} · ${found.reason}`, effect, refused }];
    },
    async run(ctx, { reason, by }) {
      await confirmRevocation(deps, kidOf(ctx), { ...by, reason });
      return 'confirmed';
    },
    // not everybody who may confirm may see the keys
    next: (ctx) => ctx.path,
  };
}

function moments(locale: Locale, of: Record<string, Date>): Record<string, string> {
  return Object.fromEntries(Object.entries(of).map(([name, at]) => [name, formatDateTime(locale, at)]));
}
