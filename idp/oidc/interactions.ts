import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { type Caller, callerOf } from '../audit/index.ts';
import type {
  InteractionFacts,
  SignInPort,
  SignInProgress,
  SignInResult,
  SignedIn,
} from '../sign-in/index.ts';
import { describeDetails } from './authorization-details.ts';
import { wantedAccount } from './choice.ts';
import { giveProof } from './kept-answer.ts';
import { isHolder, newHolder, tellHolder } from './kept-progress.ts';
import type { ProviderHolder } from './holder.ts';
import { knownClasses } from './prompts.ts';
import { flushWrites } from './storage/flush.ts';
import type { FlushRefusal } from './storage/statement.ts';
import { UnitOfWork, currentWork, runInUnitOfWork } from './storage/unit-of-work.ts';
import type { OidcDeps } from './types.ts';

type Interaction = InstanceType<Provider['Interaction']> & {
  progress?: SignInProgress;
  /** Digest of what the browser was told that proved it. */
  holder?: string | undefined;
};

/** The sign-in journey's view of the protocol: what is asked, what has been proven, and the one result. */
export function createSignInPort(deps: OidcDeps, holder: ProviderHolder): SignInPort {
  const within = async <T>(ctx: Context, run: (interaction: Interaction) => Promise<T>): Promise<T> => {
    const { value, refusal } = await inUnitOfWork(
      deps,
      callerOf(ctx, deps.config.trustedProxyHops),
      async () => run(await findInteraction(holder.current, ctx)),
    );
    if (refusal) throw new Fault('interaction_expired');
    return value;
  };

  return {
    load: (ctx) => within(ctx, (interaction) => Promise.resolve(describe(deps, ctx, interaction))),
    async save(ctx, facts, progress) {
      // what another browser has proven is not undone by what was typed in vain here
      if (facts.others && progress.accountId === undefined) return;
      // of two forms sent at once one is kept; both browsers are then led to the step that is due
      const told = progress.accountId === undefined ? undefined : newHolder();
      const caller = callerOf(ctx, deps.config.trustedProxyHops);
      const { refusal } = await inUnitOfWork(deps, caller, async () => {
        const interaction = await findInteraction(holder.current, ctx);
        interaction.progress = progress;
        interaction.holder = told?.holder;
        await interaction.persist();
        const { writes } = currentWork();
        if (writes.interaction) writes.interaction.expectedProgress = facts.others ?? facts.progress;
      });
      if (told && !refusal) tellHolder(deps, ctx, facts.uid, told.secret);
    },
    finish: (ctx, facts, result, signedIn) =>
      within(ctx, async (interaction) => {
        const answer_proof = giveProof(deps, ctx, interaction.returnTo);
        interaction.result = { ...interaction.lastSubmission, ...toResult(facts, result), answer_proof };
        await interaction.persist();
        if (signedIn) recordSignIn(signedIn);
        redirect(ctx, interaction.returnTo);
      }),
    abort: (ctx) =>
      within(ctx, async (interaction) => {
        interaction.result = { error: 'access_denied', error_description: 'the person went back' };
        await interaction.persist();
        redirect(ctx, interaction.returnTo);
      }),
  };
}

/** With the result or not at all. */
function recordSignIn({ event, ...signedIn }: SignedIn): void {
  const { writes } = currentWork();
  writes.signedIn = signedIn;
  writes.audits.push(event);
}

/** Runs what a page does with the provider, and writes it: all of it or, with a refusal, nothing. */
export async function inUnitOfWork<T>(
  deps: OidcDeps,
  caller: Caller,
  run: () => Promise<T>,
): Promise<{ value: T; refusal: FlushRefusal | undefined }> {
  const work = new UnitOfWork({ choice: undefined, wantsOthers: false, ...caller });
  return runInUnitOfWork(work, async () => {
    const value = await run();
    return { value, refusal: await flushWrites(deps.database, work.writes) };
  });
}

async function findInteraction(provider: Provider, ctx: Context): Promise<Interaction> {
  try {
    const interaction = await provider.interactionDetails(ctx.req, ctx.res);
    if (!ctx.path.startsWith(`/interaction/${interaction.uid}`)) throw new Fault('interaction_expired');
    return interaction;
  } catch (error) {
    if (error instanceof errors.SessionNotFound) throw new Fault('interaction_expired', {}, error);
    throw error;
  }
}

function describe(deps: OidcDeps, ctx: Context, interaction: Interaction): InteractionFacts {
  const { params, prompt, progress } = interaction;
  const isTheirs = isHolder(deps, ctx, interaction.holder);
  const clientId = String(params['client_id']);
  const client = deps.registry.find(clientId);
  if (!client) throw new Fault('interaction_expired');
  const { subsystem } = client;
  const session = sessionOf(interaction);
  const chosen = (prompt.details as { account?: string }).account ?? wantedAccount(deps, params);
  return {
    uid: interaction.uid,
    returnTo: interaction.returnTo,
    prompt: prompt.name as InteractionFacts['prompt'],
    reasons: prompt.reasons,
    clientId,
    clientName: {
      'zh-TW': text(client.metadata['client_name']) ?? clientId,
      en: text(client.metadata['client_name#en']) ?? text(client.metadata['client_name']) ?? clientId,
    },
    clientPages: pagesOf(client.metadata),
    scopes: (text(params['scope']) ?? '').split(' ').filter(Boolean),
    authorizationDetails: describeDetails(deps.registry, clientId, params['authorization_details']),
    redirectOrigins: redirectOrigins(params['redirect_uri']),
    requestedAcr: requestedClasses(interaction),
    mustChooseAccount: (text(params['prompt']) ?? '').split(' ').includes('select_account'),
    progress: (isTheirs ? progress : undefined) ?? { amr: [] },
    ...(!isTheirs && progress && { others: progress }),
    ...(subsystem && { subsystem: { code: subsystem.code, name: subsystem.name, colour: subsystem.colour } }),
    ...(params['max_age'] !== undefined && { maxAge: Number(params['max_age']) }),
    ...(text(params['login_hint']) !== undefined && { loginHint: text(params['login_hint']) ?? '' }),
    ...(text(params['ui_locales']) !== undefined && { uiLocales: text(params['ui_locales']) ?? '' }),
    ...(session && { session }),
    ...(chosen !== undefined && { requestedSubsystemAccountId: chosen }),
  };
}

function pagesOf(metadata: Record<string, unknown>): NonNullable<InteractionFacts['clientPages']> {
  const [policy, terms] = [text(metadata['policy_uri']), text(metadata['tos_uri'])];
  return { ...(policy !== undefined && { policy }), ...(terms !== undefined && { terms }) };
}

function sessionOf(interaction: Interaction): InteractionFacts['session'] {
  const { session } = interaction;
  if (!session?.accountId) return undefined;
  const facts = currentWork().sessions.get(session.uid);
  return {
    accountId: session.accountId,
    acr: session.acr ?? '',
    amr: session.amr ?? [],
    authTime: facts?.payload.loginTs ?? 0,
    uid: session.uid,
  };
}

/** A session that proved nothing new keeps its own sign-in; only the account or consent is new then. */
function toResult(facts: InteractionFacts, result: SignInResult): Record<string, unknown> {
  const { session } = facts;
  const isNew =
    session?.accountId !== result.accountId ||
    session.acr !== result.acr ||
    session.authTime !== result.authTime;
  const { accountId, acr, amr, authTime } = result;
  return {
    ...((isNew || facts.prompt === 'login') && {
      login: { accountId, acr, amr, ts: authTime, remember: false },
    }),
    select_account: result.subsystemAccountId === undefined ? {} : { account: result.subsystemAccountId },
    ...(result.upstream && { upstream: result.upstream }),
    ...(result.consent && { consent: {} }),
    ...(result.previousSignInAt && { previous_sign_in_at: result.previousSignInAt.toISOString() }),
  };
}

/** The classes of which one must be reached: what the failed check names, else what the request wishes. */
function requestedClasses({ params, prompt }: Interaction): string[] {
  const essential = (prompt.details as { acr?: { value?: unknown; values?: unknown[] } }).acr;
  const named = [essential?.value, ...(essential?.values ?? [])].filter((acr) => typeof acr === 'string');
  return named.length > 0 ? named : knownClasses(params['acr_values']);
}

function redirectOrigins(uri: unknown): string[] {
  return typeof uri === 'string' && URL.canParse(uri) ? [new URL(uri).origin] : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function redirect(ctx: Context, url: string): void {
  ctx.status = 303;
  ctx.redirect(url);
}
