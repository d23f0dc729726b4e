import Provider, { errors } from 'oidc-provider';
import type { KeySnapshot, PublicKey } from '../signing-keys/index.ts';
import { TOKEN_EXCHANGE } from '../subsystems/index.ts';
import { declareDetailTypes } from './authorization-details.ts';
import { buildConfiguration } from './configuration.ts';
import type { PublicDocuments } from './documents.ts';
import { publishEntity } from './entity-configuration.ts';
import { protocolRoute, tellErrors } from './observe.ts';
import { acceptEveryNonce } from './dpop-nonces.ts';
import { keepToProfile } from './fapi.ts';
import { completeMetadata } from './metadata.ts';
import { overrideLibrary } from './library-overrides.ts';
import { answerInUnitOfWork } from './request.ts';
import { isUnreadable } from './signed-messages.ts';
import { hideRetired, librarySet } from './signing.ts';
import { nameWantedClass } from './step-up.ts';
import { EXCHANGE_PARAMETERS, createTokenExchange } from './token-exchange/handle.ts';
import type { OidcDeps } from './types.ts';
import { tellInterval } from './waiting/device.ts';

/**
 * One Provider for one set of keys; it takes about a millisecond. Keys change by building another and swapping
 * it in. Everything set on the instance is set here, so that no swap forgets a part.
 */
export function buildProvider(
  deps: OidcDeps,
  { keys, retired }: { keys: KeySnapshot; retired: PublicKey[] },
  documents: PublicDocuments,
): Provider {
  const provider = new Provider(deps.config.issuer, buildConfiguration(deps, librarySet(keys, retired)));
  provider.proxy = true; // the scheme comes from the header that our own dispatcher writes
  provider.use(publishEntity(deps) as never);
  provider.use(answerInUnitOfWork(deps, provider, documents) as never);
  provider.use(hideRetired(retired) as never);
  provider.use(completeMetadata(deps) as never);
  provider.use(keepToProfile as never);
  provider.use(nameWantedClass as never);
  provider.registerGrantType(
    TOKEN_EXCHANGE,
    createTokenExchange(provider, deps, keys.keys) as never,
    [...EXCHANGE_PARAMETERS],
    [],
  );
  overrideLibrary(provider, deps);
  declareDetailTypes(provider, deps);
  acceptEveryNonce(provider, deps.keyring);
  tellErrors(provider);
  tellInterval(provider);
  provider.on('server_error', (ctx, error) => {
    ctx.state['failure'] = error;
    if (isUnreadable(ctx.oidc.params?.['request'])) return;
    deps.log.error(
      { err: error, requestId: ctx.state['requestId'] as unknown, route: protocolRoute(ctx.path) },
      'protocol request failed',
    );
  });
  const application = provider as unknown as NodeJS.EventEmitter;
  application.on('error', (error: unknown) => {
    if (!(error instanceof errors.OIDCProviderError))
      deps.log.error({ err: error }, 'protocol answer failed');
  });
  return provider;
}
