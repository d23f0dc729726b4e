import { createHash } from 'node:crypto';
import Provider, { type Client, errors } from 'oidc-provider';
import { isClientSecret } from '../subsystems/index.ts';
import { shareContextGetter } from './request-context.ts';
import { makeArtefactId } from './storage/artefact-id.ts';
import { currentWork } from './storage/unit-of-work.ts';
import type { OidcDeps } from './types.ts';
import './unread-stacks.ts';

/**
 * Everything we replace on the library's own classes, in one place. Each class belongs to one Provider, so this
 * runs for every Provider built.
 */
export function overrideLibrary(provider: Provider, deps: OidcDeps): void {
  placeExpiryInIds(provider, deps);
  compareSecretsByDigest(provider, deps);
  queueLogouts(provider);
  queuePings(provider);
  deriveSid(provider);
  keepProgress(provider);
  keepSignIn(provider);
  nameUnauthorizedClients(provider);
  keepClients(provider);
  shareContextGetter(provider);
}

/**
 * A client is built once for each document of it. The library writes the whole document as JSON and hashes it at every
 * request to find the one it built, and keeps a hundred of them.
 */
function keepClients(provider: Provider): void {
  type Find = (id: string) => Promise<Client | undefined>;
  const model = provider.Client as unknown as {
    find: Find;
    adapter: { find: (id: string) => Promise<object | undefined> };
  };
  const find = model.find.bind(model);
  const built = new WeakMap<object, Client>();
  model.find = async (id) => {
    if (typeof id !== 'string' || id === '') return undefined;
    const document = await model.adapter.find(id);
    if (!document) return undefined;
    const client = built.get(document) ?? (await find(id));
    if (client) built.set(document, client);
    return client;
  };
}

interface Identified {
  format?: string;
  expiration?: number;
  generateTokenId: () => string;
}

const PUSHED_REQUEST_SECONDS = 60;

/** Ids carry their expiry bucket (see storage/artefact-id.ts); JWT access tokens keep the library's `jti`. */
function placeExpiryInIds(provider: Provider, deps: OidcDeps): void {
  const models = [
    provider.AccessToken,
    provider.ClientCredentials,
    provider.RefreshToken,
    provider.AuthorizationCode,
    provider.PushedAuthorizationRequest,
  ];
  for (const model of models) {
    const prototype = model.prototype as unknown as Identified;
    const original = prototype.generateTokenId;
    prototype.generateTokenId = function generateTokenId(this: Identified) {
      const id = original.call(this);
      if (this.format === 'jwt') return id;
      return makeArtefactId(
        Math.floor(deps.clock().getTime() / 1000),
        this.expiration ?? PUSHED_REQUEST_SECONDS,
      );
    };
  }
}

/** Only keyed digests of secrets are stored; and a secret counts only where the client said it would send it. */
function compareSecretsByDigest(provider: Provider, deps: OidcDeps): void {
  const prototype = provider.Client.prototype as unknown as {
    clientId: string;
    clientAuthMethod: string;
    compareClientSecret: (actual: string) => boolean;
  };
  prototype.compareClientSecret = function compareClientSecret(actual: string) {
    const client = deps.registry.find(this.clientId);
    const sentInHeader = Provider.ctx?.headers.authorization !== undefined;
    if (!client?.secretDigest) return false;
    if (sentInHeader !== (this.clientAuthMethod === 'client_secret_basic')) return false;
    const { previousSecret, secretDigest } = client;
    const overlaps = previousSecret !== undefined && previousSecret.until > deps.clock();
    const good = [secretDigest, ...(overlaps ? [previousSecret.digest] : [])];
    return good.filter((digest) => isClientSecret(deps.keyring, digest, actual)).length > 0;
  };
}

/** A back-channel logout is queued with the deed that causes it; the request never waits for relying parties. */
function queueLogouts(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as {
    clientId: string;
    backchannelLogout: (accountId: string, sid: string) => Promise<void>;
  };
  prototype.backchannelLogout = function backchannelLogout(accountId: string, sid: string) {
    currentWork().writes.logouts.push({ clientId: this.clientId, accountId, sid, cause: 'sign_out' });
    return Promise.resolve();
  };
}

/** A client's notification is in the outbox since it asked, and due with the answer: see storage/waiting-writes.ts. */
function queuePings(provider: Provider): void {
  Object.assign(provider.Client.prototype, { backchannelPing: () => Promise.resolve() });
}

/** One session has one `sid` at a client, however many of its requests arrive at once. */
function deriveSid(provider: Provider): void {
  const prototype = provider.Session.prototype as unknown as {
    uid: string;
    sidFor: (clientId: string, value?: string) => string | undefined;
    ensureClientContainer: (clientId: string) => void;
  };
  prototype.ensureClientContainer = function ensureClientContainer(clientId: string) {
    if (this.sidFor(clientId)) return;
    this.sidFor(clientId, createHash('sha256').update(`${this.uid}\0${clientId}`).digest('base64url'));
  };
}

/** What a sign-in journey has proven so far is kept with its interaction, on the server. */
function keepProgress(provider: Provider): void {
  keepField(provider.Interaction, 'progress');
  keepField(provider.Interaction, 'holder');
}

/** A grant without a session says itself how the person signed in. */
function keepSignIn(provider: Provider): void {
  keepField(provider.Grant, 'signIn');
}

function keepField(of: unknown, name: string): void {
  const model = of as { IN_PAYLOAD: string[] };
  const fields = [...model.IN_PAYLOAD, name];
  Object.defineProperty(model, 'IN_PAYLOAD', { get: () => fields });
}

const BEGINS_A_GRANT: ReadonlySet<string | undefined> = new Set([
  'device_authorization',
  'backchannel_authentication',
]);

/** A grant type the client may not use is `unauthorized_client` (RFC 6749 §5.2), not the library's `invalid_request`. */
function nameUnauthorizedClients(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as { grantTypeAllowed: (type: string) => boolean };
  const original = prototype.grantTypeAllowed;
  prototype.grantTypeAllowed = function grantTypeAllowed(this: unknown, type: string) {
    const allowed = original.call(this, type);
    const oidc = Provider.ctx?.oidc;
    const asksForIt = oidc?.route === 'token' && oidc.params?.['grant_type'] === type;
    if (!allowed && (asksForIt || BEGINS_A_GRANT.has(oidc?.route))) {
      throw new errors.UnauthorizedClient('requested grant type is not allowed for this client');
    }
    return allowed;
  };
}
