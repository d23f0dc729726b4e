import { Fault } from '#kit/errors.ts';
import type { Context } from '#kit/http/context.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { PageContext } from '#templates/views.ts';
import type { ConsoleCaller } from '../permissions/index.ts';
import { type ListedSubsystem, listSubsystems } from '../subsystems/index.ts';
import type { SubsystemAdministrationDeps } from './types.ts';
import { SUBSYSTEMS } from './view.ts';

/** @throws Fault not_found */
export async function findListed(deps: SubsystemAdministrationDeps, code: string): Promise<ListedSubsystem> {
  const listed = (await listSubsystems(deps.db)).find(({ subsystem }) => subsystem.code === code);
  if (!listed) throw new Fault('not_found');
  return listed;
}

/** The page around one subsystem; `here` names a place within it. */
export function pageOf(
  deps: SubsystemAdministrationDeps,
  ctx: Context,
  caller: ConsoleCaller,
  { subsystem }: ListedSubsystem,
  here?: string,
): PageContext {
  const { locale } = ctx.state;
  const name = subsystem.name[locale];
  const done = `console-subsystems.done-${new URLSearchParams(ctx.querystring).get('done') ?? ''}`;
  return deps.console.page(ctx, caller, {
    crumbs: [
      { label: translate(locale, 'console-subsystems.title'), url: SUBSYSTEMS },
      { label: name, ...(here !== undefined && { url: `${SUBSYSTEMS}/${subsystem.code}` }) },
      ...(here === undefined ? [] : [{ label: here }]),
    ],
    ...(hasText(locale, done) && { status: { kind: 'success' as const, key: done } }),
  });
}
