import type { Context } from '#kit/http/context.ts';
import { Fault } from '#kit/errors.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleCaseViews } from '#templates/views/console-case.ts';
import { caseView } from '../../console-case/index.ts';
import { type ConsoleCaller, ConsoleRouter } from '../../permissions/index.ts';
import { stateOf } from '../../signing-keys/index.ts';
import { currentSettings } from '../registration/federation.ts';
import type { FederationSettings } from '../registration/settings.ts';
import { listFederationKeyHistory } from '../registration/store/keys.ts';
import { type Resolver, TrustFault } from '../trust-chain/index.ts';
import { type Heard, keyFacts, keyLines, superiorLines } from './key-view.ts';
import type { ChainsDeps } from './routes.ts';

const PAGE = '/console/federation';
export const KEYS = `${PAGE}/keys`;
const CHECK = `${KEYS}/vouching`;

interface KeyPageDeps extends ChainsDeps {
  mayTry: (accountId: string) => boolean;
  resolverOf: (settings: FederationSettings) => Resolver;
}

/** Our federation keys with their times, and a look whether every superior vouches for them. */
export function federationKeyRoutes(deps: KeyPageDeps): ConsoleRouter {
  const { db, clock, renderer, console, config } = deps;
  const router = new ConsoleRouter(console);

  const show = (
    ctx: Context,
    caller: ConsoleCaller,
    parts: Partial<ConsoleCaseViews['idp/console-case']>,
  ): void => {
    const { locale } = ctx.state;
    const crumbs = [
      { label: translate(locale, 'console-federation.title'), url: PAGE },
      { label: translate(locale, 'console-federation-keys.title') },
    ];
    ctx.type = 'html';
    ctx.body = renderer.page(
      'idp/console-case',
      console.page(ctx, caller, { crumbs }),
      caseView('console-federation-keys', parts),
    );
  };
  const check = { key: 'console-federation-vouching', action: CHECK, isDangerous: false, fields: [] };

  router.get(KEYS, 'federation.read', async (ctx, caller) => {
    const settings = await currentSettings(db);
    const lines = keyLines(await listFederationKeyHistory(db), ctx.state.locale, clock());
    show(ctx, caller, { facts: keyFacts(config.issuer, settings), lines, forms: settings ? [check] : [] });
  });
  router.post(CHECK, 'federation.read', async (ctx, caller) => {
    const settings = await currentSettings(db);
    if (!settings) throw new Fault('not_found');
    if (!deps.mayTry(caller.accountId)) throw new Fault('too_many_requests');
    const heard = await askSuperiors(deps.resolverOf(settings), config.issuer, settings.authorityHints);
    const now = clock();
    const keys = await listFederationKeyHistory(db);
    const published = keys.filter((key) => ['announced', 'active', 'retiring'].includes(stateOf(key, now)));
    show(ctx, caller, {
      facts: keyFacts(config.issuer, settings),
      lines: [
        ...superiorLines(heard, published, ctx.state.locale, now),
        ...keyLines(keys, ctx.state.locale, now),
      ],
      forms: [check],
    });
  });
  return router;
}

/** What each says of us now, side by side: a slow one keeps nobody waiting for the others. */
async function askSuperiors(
  resolver: Resolver,
  issuer: string,
  superiors: readonly string[],
): Promise<Heard[]> {
  return Promise.all(
    superiors.map(async (superior): Promise<Heard> => {
      try {
        return { superior, said: await resolver.statementAbout(issuer, superior) };
      } catch (fault) {
        if (!(fault instanceof TrustFault)) throw fault;
        return { superior, fault };
      }
    }),
  );
}
