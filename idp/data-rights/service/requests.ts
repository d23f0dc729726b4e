import { UNIQUE_VIOLATION, isSqlState } from '#db/handle.ts';
import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { LOCALES, type Locale } from '#kit/http/locale.ts';
import { formatDayOf } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { type MessageText, sendMessage } from '../../messages/index.ts';
import type { ClientRegistry } from '../../subsystems/index.ts';
import {
  type DecisionRefusal,
  type ExtensionRefusal,
  type WishProblem,
  decideAnswer,
  decideExtension,
  statutoryDays,
  wishProblems,
} from '../policy.ts';
import { insertRequest, lockRequest, saveAnswer, saveExtension, withdrawRequest } from '../store/requests.ts';
import type { Answer, DataRequest, RequestKind } from '../types.ts';

export interface DataRequestDeps {
  db: Db;
  registry: Pick<ClientRegistry, 'list'>;
}

/** a person asks; the time the law allows begins. One request of a kind is open at a time. */
export async function askAboutData(
  { db }: Pick<DataRequestDeps, 'db'>,
  accountId: string,
  typed: { kind: string; wish: string },
  caller: Caller,
): Promise<(WishProblem | 'open_already')[]> {
  const wish = typed.wish.replaceAll('\r\n', '\n').trim();
  const problems = wishProblems(typed.kind, wish);
  if (problems.length > 0) return problems;
  const kind = typed.kind as RequestKind;
  try {
    await transact(db, async (trx) => {
      const request = await insertRequest(trx, { accountId, kind, wish, days: statutoryDays(kind) });
      await recordAudit(trx, {
        type: 'data_request.created',
        accountId,
        caller,
        details: { request, kind },
      });
    });
  } catch (error) {
    if (isSqlState(error, UNIQUE_VIOLATION)) return ['open_already'];
    throw error;
  }
  return [];
}

/** @throws Fault not_found when the person has no open request of this id */
export async function withdraw(
  { db }: Pick<DataRequestDeps, 'db'>,
  accountId: string,
  request: string,
  caller: Caller,
): Promise<void> {
  await transact(db, async (trx) => {
    if (!(await withdrawRequest(trx, accountId, request))) throw new Fault('not_found');
    await recordAudit(trx, { type: 'data_request.withdrawn', accountId, caller, details: { request } });
  });
}

/** grants a request or refuses it on a ground of the law; the person is told in a message. */
export async function answerRequest(
  deps: DataRequestDeps,
  id: string,
  answer: Answer,
): Promise<DecisionRefusal | undefined> {
  return transact(deps.db, async (trx) => {
    const { request } = await lockRequest(trx, id);
    const decision = decideAnswer(request, answer);
    if (!decision.allowed || !request) return decision.allowed ? 'unknown_request' : decision.reason;
    await saveAnswer(trx, id, answer);
    const status = answer.granted ? 'granted' : 'refused';
    await recordAudit(trx, {
      type: 'data_request.decided',
      accountId: request.accountId,
      details: { request: id, status, note: answer.note, ...(!answer.granted && { ground: answer.ground }) },
    });
    await tell(trx, deps, request, status, (locale) => ({
      note: answer.note === '' ? '-' : answer.note,
      ground: answer.granted ? '' : translate(locale, `data-rights.ground-${answer.ground}`),
    }));
    return undefined;
  });
}

/** Takes the second span the law allows, with a reason the person is told. */
export async function extendRequest(
  deps: DataRequestDeps,
  id: string,
  because: string,
): Promise<ExtensionRefusal | undefined> {
  return transact(deps.db, async (trx) => {
    const { request, now } = await lockRequest(trx, id);
    const decision = decideExtension(request, now);
    if (!decision.allowed || !request) return decision.allowed ? 'unknown_request' : decision.reason;
    const dueAt = await saveExtension(trx, id, because, statutoryDays(request.kind));
    await recordAudit(trx, {
      type: 'data_request.extended',
      accountId: request.accountId,
      details: { request: id, reason: because },
    });
    await tell(trx, deps, request, 'extended', (locale) => ({
      note: because,
      day: formatDayOf(locale, dueAt),
    }));
    return undefined;
  });
}

async function tell(
  trx: Trx,
  deps: DataRequestDeps,
  request: DataRequest,
  outcome: 'granted' | 'refused' | 'extended',
  facts: (locale: Locale) => Record<string, string>,
): Promise<void> {
  const words = (part: string): MessageText =>
    Object.fromEntries(
      LOCALES.map((locale) => {
        const kind = translate(locale, `data-rights.kind-${request.kind}`);
        return [
          locale,
          translate(locale, `data-rights.message-${outcome}.${part}`, { kind, ...facts(locale) }),
        ];
      }),
    ) as MessageText;
  const sender = LOCALES.map((locale) => [locale, translate(locale, 'messages.from-here')]);
  await sendMessage(trx, deps.registry, {
    accountId: request.accountId,
    sender: Object.fromEntries(sender) as MessageText,
    subject: words('subject'),
    body: words('body'),
    link: '/account/data',
    dedupeKey: `data_request:${request.id}:${outcome}`,
  });
}
