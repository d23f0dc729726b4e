import { seeOther } from '#kit/http/see-other.ts';
import type { Reshow } from '../../kept-forms/index.ts';
import { judgeForm } from '../service/read.ts';
import { may } from '../view/record.ts';
import { parentAsked, recordAsked, writer } from './form.ts';
import { renderForm } from './form-page.ts';
import type { KindPages } from './host.ts';

/** A record's form as it was typed before; whoever changed the record meanwhile is not overlooked. */
export function showAsTyped(pages: KindPages): Reshow {
  const { host, kind } = pages;
  return async (ctx, form) => {
    const actor = writer(pages, ctx);
    const record = ctx.params['no'] === undefined ? undefined : await recordAsked(pages, ctx, actor);
    if (record && !may('edit', record, kind, actor, host.clock())) {
      return seeOther(ctx, `/${kind.path}/${record.no}`);
    }
    const parent = record ? undefined : await parentAsked(pages, actor, form.get('parent') || null);
    const of = { record, parent, complete: false };
    const { typed } = await judgeForm(host, host.db, kind, actor, form, of);
    const isSame = record === undefined || form.get('version') === String(record.version);
    const notice = isSame ? '' : 'changed_meanwhile';
    await renderForm(pages, ctx, actor, { record, parent, typed, findings: [], notice });
  };
}
