import { Fault } from '#kit/errors.ts';
import { translate } from '#templates/locales.ts';
import { caseView } from '../../../console-case/index.ts';
import { addConsoleList } from '../../../console-lists/index.ts';
import { type ConsoleRouter, type Deed, type Reach, reachOf } from '../../../permissions/index.ts';
import { removeLinkOf } from '../service/remove.ts';
import { type LinkRow, findLinkRow } from '../store/link-list.ts';
import { confirmed } from './confirmed.ts';
import { linkList } from './link-list.ts';
import { LINK_LIST, type UpstreamConsoleDeps } from './words.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SHOWN_OF_SUBJECT = 4;
const key = (name: string): string => `console-upstream-link.${name}`;

/** The links of people: listed, looked at, and removed in somebody's stead. */
export function addLinkRoutes(router: ConsoleRouter, deps: UpstreamConsoleDeps): void {
  const { db, console, renderer, upstreams } = deps;
  const one = async (id: string, reach: Reach | undefined): Promise<LinkRow> => {
    const row = reach && UUID.test(id) ? await findLinkRow(db, id, reach) : undefined;
    if (!row) throw new Fault('not_found');
    return row;
  };
  const manifestOf = (code: string) =>
    upstreams.providers.list().find((provider) => provider.code === code)?.manifest;
  const may = (caller: Parameters<typeof reachOf>[0], deed: Deed) => reachOf(caller, deed) !== undefined;

  addConsoleList(router, deps, linkList(deps));
  router.get(`${LINK_LIST}/:id`, 'upstreams.read', async (ctx, caller) => {
    const row = await one(ctx.params['id'] ?? '', reachOf(caller, 'upstreams.read'));
    const { locale } = ctx.state;
    const provider = manifestOf(row.providerCode)?.name[locale] ?? row.providerCode;
    const crumbs = [
      { label: translate(locale, 'console-upstream-links.title'), url: LINK_LIST },
      { label: row.loginName },
    ];
    ctx.type = 'html';
    ctx.body = renderer.page(
      'idp/console-case',
      console.page(ctx, caller, { crumbs }),
      caseView('console-upstream-link', {
        params: { login: row.loginName, provider },
        facts: [
          { key: 'console-upstream-links.provider', text: provider },
          {
            key: 'console-people.login',
            text: row.loginName,
            ...(may(caller, 'accounts.read') && { url: `/console/accounts/${row.accountId}` }),
          },
          { key: 'console-people.name', text: row.name },
          { key: 'console-people.unit', text: (locale === 'en' && row.unitNameEn) || row.unitName },
          { key: key('subject'), text: `…${row.subject.slice(-SHOWN_OF_SUBJECT)}` },
          { key: 'console-upstream-links.linked', at: row.linkedAt },
          row.lastUsedAt
            ? { key: 'console-upstream-links.used', at: row.lastUsedAt }
            : { key: 'console-upstream-links.used', textKey: 'console-upstream-links.never-used' },
        ],
        links: may(caller, 'upstream_links.remove')
          ? [{ key: key('remove'), url: `${LINK_LIST}/${row.id}/removal` }]
          : [],
      }),
    );
  });

  confirmed(router, deps, {
    path: `${LINK_LIST}/:id/removal`,
    deed: 'upstream_links.remove',
    area: 'console-upstream-removal',
    async look({ id, locale, reach }) {
      const row = await one(id, reach);
      const provider = manifestOf(row.providerCode)?.name[locale] ?? row.providerCode;
      return {
        params: { login: row.loginName, provider },
        label: `${row.loginName} ${row.name}`,
        effect: translate(locale, 'console-upstream-removal.line', { provider }),
        isPossible: true,
        backUrl: `${LINK_LIST}/${id}`,
        crumbs: [
          { label: translate(locale, 'console-upstream-links.title'), url: LINK_LIST },
          { label: row.loginName, url: `${LINK_LIST}/${id}` },
        ],
      };
    },
    async run(id, by) {
      const { accountId } = await one(id, by.reach);
      const { providers } = upstreams;
      await removeLinkOf({ ...deps, providers }, { accountId, linkId: id, reach: by.reach }, by);
      return `${LINK_LIST}?done=removed`;
    },
  });
}
