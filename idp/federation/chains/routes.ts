import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import type { PrivateNetworks } from '#kit/http/outbound.ts';
import type { Renderer } from '#templates/engine.ts';
import type { ConsoleCaseViews } from '#templates/views/console-case.ts';
import { caseView } from '../../console-case/index.ts';
import { type ConsoleCaller, type ConsoleGate, ConsoleRouter } from '../../permissions/index.ts';
import { currentSettings } from '../registration/federation.ts';
import type { FederationSettings } from '../registration/settings.ts';
import { type Resolver, TrustFault, askWorld, createResolver, isEntityId } from '../trust-chain/index.ts';
import { FEDERATION_KEYS_PAGE } from '../registration/service/tend-keys.ts';
import { federationKeyRoutes } from './key-routes.ts';
import { listParties } from './store.ts';
import { countTries } from './tries.ts';
import { type Outcome, metadataText, outcomeFacts, ownFacts, partyLines, tryForm } from './view.ts';

const PAGE = '/console/federation';
const TRY = `${PAGE}/chain`;

export interface ChainsDeps {
  db: Db;
  clock: Clock;
  renderer: Renderer;
  console: ConsoleGate;
  keyring: Keyring;
  config: { issuer: string; privateNetworks: PrivateNetworks; trustedProxyHops: number };
}

type Settings = FederationSettings | undefined;

/** The federation as the console shows it, and a try of anybody's chain. */
export function chainRoutes(deps: ChainsDeps): ConsoleRouter[] {
  const { db, renderer, console, clock, config } = deps;
  const router = new ConsoleRouter(console);
  const mayTry = countTries(clock);
  /** Nothing is kept from one try to the next: whoever mended something wants to see it. */
  const resolverOf = (settings: Settings): Resolver =>
    createResolver({
      ...{ ask: askWorld(config.privateNetworks), clock },
      anchors: new Map(settings?.trustAnchors.map(({ entityId, jwks }) => [entityId, jwks])),
    });

  const show = (
    { ctx, caller, settings }: { ctx: Context; caller: ConsoleCaller; settings: Settings },
    parts: Partial<ConsoleCaseViews['idp/console-case']>,
    entityId = '',
  ): void => {
    const forms = settings?.trustAnchors.length ? [tryForm(TRY, entityId)] : [];
    ctx.type = 'html';
    ctx.body = renderer.page(
      'idp/console-case',
      console.page(ctx, caller, {}),
      caseView('console-federation', { forms, ...parts }),
    );
  };

  const showAll = async (
    page: { ctx: Context; caller: ConsoleCaller; settings: Settings },
    errors: { field: string; key: string }[] = [],
    entityId = '',
  ): Promise<void> => {
    const facts = ownFacts(config.issuer, page.settings);
    const lines = partyLines(await listParties(db), page.ctx.state.locale, clock());
    const links = [{ key: 'console-federation-keys.title', url: FEDERATION_KEYS_PAGE }];
    show(page, { facts, lines, errors, links }, entityId);
  };

  router.get(PAGE, 'federation.read', async (ctx, caller) =>
    showAll({ ctx, caller, settings: await currentSettings(db) }),
  );
  router.post(TRY, 'federation.read', async (ctx, caller) => {
    const entityId = (await readForm(ctx)).get('entity').trim();
    const page = { ctx, caller, settings: await currentSettings(db) };
    if (!isEntityId(entityId) || !page.settings?.trustAnchors.length) {
      ctx.status = 422;
      return showAll(page, [{ field: 'entity', key: 'console-federation.entity-wrong' }], entityId);
    }
    if (!mayTry(caller.accountId)) throw new Fault('too_many_requests');
    const outcome = await tryChain(resolverOf(page.settings), entityId);
    const text = outcome.holds ? metadataText(outcome.chain.metadata) : '';
    const links = [{ key: 'console-federation.all', url: PAGE }];
    show(page, { facts: outcomeFacts(outcome), text, links }, entityId);
  });
  return [router, federationKeyRoutes({ ...deps, mayTry: countTries(clock), resolverOf })];
}

async function tryChain(resolver: Resolver, entityId: string): Promise<Outcome> {
  try {
    const chain = await resolver.resolve(entityId);
    return { holds: true, chain, marks: await resolver.marksOf(chain) };
  } catch (fault) {
    if (!(fault instanceof TrustFault)) throw fault;
    return { holds: false, entityId, fault };
  }
}
