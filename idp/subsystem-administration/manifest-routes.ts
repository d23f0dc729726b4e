import { ConfigurationError, Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { readForm } from '#kit/http/form.ts';
import { readReason } from '#kit/http/reason.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { readUpload } from '#kit/http/upload.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import { callerOf } from '../audit/index.ts';
import type { ConsoleCaller, ConsoleRouter } from '../permissions/index.ts';
import {
  type Manifest,
  type ManifestFault,
  applyManifest,
  compareManifests,
  faultsAgainst,
  faultsOfPlace,
  findClientSecrets,
  findVersion,
  newClientSecret,
  readManifest,
} from '../subsystems/index.ts';
import { reviewOf } from './review.ts';
import type { SubsystemAdministrationDeps } from './types.ts';
import { MANIFEST, SUBSYSTEMS } from './view.ts';

const MAX_BYTES = 256 * 1024;
const APPLICATION = `${MANIFEST}/application`;

/** Paste or upload a manifest, look at what it changes, apply it with a reason. */
export function addManifestRoutes(router: ConsoleRouter, deps: SubsystemAdministrationDeps): void {
  router.get(MANIFEST, 'subsystems.apply', async (ctx, caller) => {
    const code = new URLSearchParams(ctx.querystring).get('from') ?? '';
    const present = code === '' ? undefined : await findVersion(deps.db, code, undefined);
    showForm(deps, ctx, caller, { text: present ? JSON.stringify(present.manifest, null, 2) : '' });
  });

  router.post(MANIFEST, 'subsystems.apply', async (ctx, caller) => {
    const { text, error } = await readText(ctx);
    if (error) return showForm(deps, ctx, caller, { text, errors: [error] });
    const { manifest, faults } = await check(deps, text);
    if (!manifest) return showForm(deps, ctx, caller, { text, faults });
    await showReview(deps, ctx, caller, manifest);
  });

  // where signing in again leads back to after the text was lost on the way
  router.get(APPLICATION, 'subsystems.apply', (ctx) => seeOther(ctx, MANIFEST));

  router.post(APPLICATION, 'subsystems.apply', async (ctx, caller) => {
    const form = await readForm(ctx, MAX_BYTES * 2);
    const text = form.get('manifest');
    const { manifest, faults } = await check(deps, text);
    if (!manifest) return showForm(deps, ctx, caller, { text, faults });
    const { reason, error } = readReason(form);
    const hasSeen = form.get('seen') === 'yes';
    const errors = [...(error ? [{ field: 'reason', key: error }] : [])];
    const before = await findVersion(deps.db, manifest.code, undefined);
    const isDangerous = compareManifests(before?.manifest, manifest).some(({ danger }) => danger);
    if (isDangerous && !hasSeen) errors.push({ field: 'seen', key: 'manifest-review.seen-missing' });
    const basedOn = Number(form.get('based_on'));
    if (basedOn !== (before?.version ?? 0))
      errors.push({ field: '', key: 'manifest-review.changed-meanwhile' });
    if (errors.length > 0) return showReview(deps, ctx, caller, manifest, { reason, hasSeen, errors });
    await apply(deps, ctx, caller, { manifest, basedOn, reason });
  });
}

async function apply(
  deps: SubsystemAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  { manifest, basedOn, reason }: { manifest: Manifest; basedOn: number; reason: string },
): Promise<void> {
  const { client_id: clientId, token_endpoint_auth_method: method } = manifest.client;
  const { hasSecret } = await findClientSecrets(deps.db, clientId);
  const secret = method.startsWith('client_secret_') && !hasSecret ? newClientSecret() : undefined;
  const by = { actor: caller, from: callerOf(ctx, deps.config.trustedProxyHops), reason };
  try {
    await applyManifest(deps, manifest, secret, { by, basedOn });
  } catch (error) {
    const isMoved = error instanceof Fault && error.code === 'conflict';
    if (!isMoved && !(error instanceof ConfigurationError)) throw error;
    const errors = [{ field: '', key: 'manifest-review.changed-meanwhile' }];
    return showReview(deps, ctx, caller, manifest, { reason, hasSeen: true, errors });
  }
  const nextUrl = `${SUBSYSTEMS}/${manifest.code}?done=applied`;
  if (secret === undefined) return seeOther(ctx, nextUrl);
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/console-secret', deps.console.page(ctx, caller, crumbs(ctx)), {
    ...{ area: 'console-secret', clientId, secret, previousUntil: undefined, nextUrl },
  });
}

async function readText(ctx: Context): Promise<{ text: string; error?: FieldError }> {
  if (!ctx.is('multipart/form-data')) return { text: (await readForm(ctx, MAX_BYTES * 2)).get('manifest') };
  const file = await readUpload(ctx, 'file', MAX_BYTES);
  if (file === undefined) return { text: '', error: { field: 'file', key: 'console-manifest.file-missing' } };
  if (file === 'too_large') return { text: '', error: { field: 'file', key: 'console-manifest.file-large' } };
  return { text: file.bytes.toString('utf8').replaceAll('\0', '') };
}

/** The manifest when nothing is wrong with it, neither in itself nor with what there is. */
async function check(
  deps: SubsystemAdministrationDeps,
  text: string,
): Promise<{ manifest?: Manifest; faults: ManifestFault[] }> {
  const reading = readManifest(text, {});
  if (!reading.ok) return { faults: reading.faults };
  const { manifest } = reading;
  const before = await findVersion(deps.db, manifest.code, undefined);
  const against = await faultsAgainst(deps.db, before?.manifest, manifest);
  const faults = [...against, ...(await faultsOfPlace(deps, manifest))];
  return faults.length > 0 ? { faults } : { manifest, faults };
}

function showForm(
  deps: SubsystemAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  { text, faults = [], errors = [] }: { text: string; faults?: ManifestFault[]; errors?: FieldError[] },
): void {
  if (faults.length + errors.length > 0) ctx.status = 422;
  const summary = faults.length > 0 ? [{ field: 'manifest', key: 'console-manifest.has-faults' }] : [];
  ctx.type = 'html';
  ctx.body = deps.renderer.page('idp/console-manifest', deps.console.page(ctx, caller, crumbs(ctx)), {
    ...{ action: MANIFEST, text, faults, errors: [...errors, ...summary], cancelUrl: SUBSYSTEMS },
  });
}

async function showReview(
  deps: SubsystemAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  manifest: Manifest,
  typed: { reason?: string; hasSeen?: boolean; errors?: FieldError[] } = {},
): Promise<void> {
  const before = await findVersion(deps.db, manifest.code, undefined);
  if (typed.errors?.length) ctx.status = 422;
  const fields = [
    { name: 'manifest', value: JSON.stringify(manifest) },
    { name: 'based_on', value: String(before?.version ?? 0) },
  ];
  const form = { action: APPLICATION, fields, backUrl: SUBSYSTEMS, ...typed };
  const view = await reviewOf(deps.db, ctx.state.locale, before, manifest, form);
  ctx.type = 'html';
  const page = deps.console.page(ctx, caller, crumbs(ctx));
  ctx.body = deps.renderer.page('idp/console-manifest-review', page, view);
}

function crumbs(ctx: Context) {
  const { locale } = ctx.state;
  return {
    crumbs: [
      { label: translate(locale, 'console-subsystems.title'), url: SUBSYSTEMS },
      { label: translate(locale, 'console-manifest.title') },
    ],
  };
}
