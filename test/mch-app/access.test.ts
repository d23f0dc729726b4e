import { FUNCTIONS, RIGHTS, grantsOf, rightsOn } from '#mch/access/index.ts';
import { MENU_ROLE_GRANTS, ROLE_GRANTS } from '#mch/access/grants.ts';
import { AREAS } from '#mch/areas/index.ts';
import { createMenu, findNode, functionsOf, viewMenu, viewRights } from '#mch/menu/index.ts';
import manifest from '#mch/manifest.json' with { type: 'json' };
import { hasText } from '#templates/locales.ts';

interface Tree {
  readonly [slug: string]: Tree;
}
const pathsOf = (tree: Tree, above = ''): string[] =>
  Object.entries(tree).flatMap(([slug, below]) => [above + slug, ...pathsOf(below, `${above}${slug}/`)]);
const PATHS = pathsOf(FUNCTIONS);

/** As if every function had its page. */
const MENU = createMenu(PATHS);
const menuOf = (menuRoles: string[], role = 'mch_user') => MENU.visibleTo({ role, menuRoles });
const groupsOf = (menuRoles: string[], role?: string) =>
  menuOf(menuRoles, role).flatMap((section) => section.children.map((group) => group.path));

describe('the tables', () => {
  it('give grants to exactly the roles and menu roles the manifest declares', () => {
    expect(Object.keys(MENU_ROLE_GRANTS).sort()).toEqual(manifest.menuRoles.map(({ code }) => code).sort());
    expect(Object.keys(ROLE_GRANTS).sort()).toEqual(manifest.roles.map(({ code }) => code).sort());
  });

  it('name only places that exist', () => {
    const named = [...Object.values(MENU_ROLE_GRANTS), ...Object.values(ROLE_GRANTS)].flat();
    expect(named.map(({ path }) => path).filter((path) => !PATHS.includes(path))).toEqual([]);
  });

  it('name every place in both languages', () => {
    const keys = PATHS.map((path) => `menu.${path.replaceAll('/', '.')}`);
    expect(keys.filter((key) => !hasText('zh-TW', key) || !hasText('en', key))).toEqual([]);
  });

  it('allow each menu role to exactly one duty', () => {
    const allowed = manifest.duties.flatMap((duty) => duty.menuRoles).sort();
    expect(allowed).toEqual(manifest.menuRoles.map(({ code }) => code).sort());
  });
});

describe('rights', () => {
  it.each([
    ['mi_antenatal', 'maternal/antenatal-education/records/entry', 'RCSXI'],
    ['mi_antenatal', 'maternal/gbs/specimens', 'RCSXI'],
    ['mi_antenatal', 'maternal/gbs/results', 'R'],
    ['mi_gbs_lab', 'maternal/gbs/results', 'RCSXI'],
    ['mi_gbs_lab', 'maternal/gbs/specimens', 'R'],
    ['hs_child', 'child/preventive-care/tracking', 'RCS'],
    ['hs_child', 'child/preventive-care/claims', 'R'],
    ['hb_child', 'child/preventive-care/tracking-approval', 'RVX'],
    ['hb_child', 'child/preventive-care/claims', 'RX'],
    ['hpa_child', 'child/preventive-care/claims', 'RVX'],
    ['hpa_gbs', 'maternal/gbs/results', 'R'],
    ['hs_fertility', 'maternal/special-fertility/supervision', ''],
    ['ops_change', 'admin/service/change-review', 'RCVU'],
    ['ops_change', 'admin/accounts/staff', ''],
    ['hpa_system', 'admin/codes', 'RCSVUXI'],
    ['mi_genetic_lab', 'genetic/reports/search', 'RCSXI'],
    ['mi_genetic_lab', 'genetic/data/cases', ''],
  ])('of %s on %s are "%s"', (menuRole, path, letters) => {
    const grants = grantsOf({ role: 'mch_user', menuRoles: [menuRole] });
    expect(rightsOn(grants, path).join('')).toBe(letters);
  });

  it('G5: to enter what belongs to another record come with the right to read that one', () => {
    const kinds = AREAS.flatMap((area) => area.kinds);
    const menu = createMenu(
      PATHS,
      AREAS.flatMap(({ path, functions, grants = {}, labels }) =>
        functions ? [{ path, functions, grants, labels }] : [],
      ),
    );
    const lacking = Object.keys(MENU_ROLE_GRANTS).flatMap((menuRole) => {
      const grants = menu.grantsOf({ role: 'mch_user', menuRoles: [menuRole] });
      return kinds
        .filter(
          ({ isMade, parent, path }) =>
            !isMade && parent !== undefined && rightsOn(grants, path).includes('C'),
        )
        .filter(({ parent, otherParents }) =>
          kinds.every(
            ({ key, path }) =>
              ![parent, ...otherParents].includes(key) || !rightsOn(grants, path).includes('R'),
          ),
        )
        .map(({ key }) => `${menuRole} ${key}`);
    });
    expect(lacking).toEqual([]);
  });

  it('are the union of all menu roles, in one order', () => {
    const grants = grantsOf({ role: 'mch_user', menuRoles: ['hb_child', 'hs_child'] });
    expect(rightsOn(grants, 'child/preventive-care/tracking')).toEqual(['R', 'C', 'S', 'X']);
    expect(RIGHTS.join('')).toBe('RCSVUXI');
  });

  it('open the administration to managers only, and its national part to none of them', () => {
    expect(groupsOf([], 'mch_manager')).toEqual(expect.arrayContaining(['admin/service', 'admin/accounts']));
    expect(groupsOf([], 'mch_manager')).not.toContain('admin/codes');
    expect(groupsOf([]).filter((path) => path.startsWith('admin'))).toEqual([]);
  });

  it('come from nothing that is not a code of ours', () => {
    const grants = grantsOf({ role: 'constructor', menuRoles: ['__proto__', 'toString', 'hpa_systems'] });
    expect(grants.every(({ path }) => path.startsWith('common'))).toBe(true);
  });

  it('do not leak to a sibling whose name begins alike', () => {
    const grants = [{ path: 'maternal/gbs', rights: ['R'] }] as const;
    expect(rightsOn(grants, 'maternal/gbs-extra')).toEqual([]);
  });
});

describe('the menu', () => {
  it('shows the hospital account what its menu roles allow, and nothing else', () => {
    expect(groupsOf(['mi_antenatal', 'mi_hearing_screen', 'mi_nbs_collect'])).toEqual([
      ...groupsOf([]),
      'maternal/antenatal-education',
      'maternal/gbs',
      'maternal/subsidy',
      'maternal/gdm-anemia',
      'maternal/special-antenatal',
      'child/newborn-screening',
      'child/hearing',
    ]);
  });

  it('M-05: shows groups and functions that have a page, and nothing else', () => {
    const menu = createMenu(['maternal/gbs/specimens', 'maternal/gbs/statistics']);
    const nurse = { role: 'mch_user', menuRoles: ['mi_antenatal'] };
    const drawn = viewMenu(menu, menu.visibleTo(nurse), 'en', 'maternal/gbs');
    expect(drawn.map(({ slug }) => slug)).toEqual(['maternal']);
    expect(drawn[0]?.children.map(({ slug, href }) => [slug, href])).toEqual([['gbs', '/maternal/gbs']]);
    const gbs = drawn[0]?.children[0];
    expect(gbs).toMatchObject({ href: '/maternal/gbs', current: true });
    expect(gbs?.children.map(({ slug, href }) => [slug, href])).toEqual([
      ['specimens', '/maternal/gbs/specimens'],
      ['statistics', '/maternal/gbs/statistics'],
    ]);
    expect(menu.isForbiddenGroup(nurse, '/maternal/subsidy')).toBe(true);
  });

  it('M-05: shows a place where files are brought only to whoever may bring them', () => {
    const pages = ['maternal/gbs/specimens', 'maternal/gbs/import'];
    const menu = createMenu(pages, [], ['maternal/gbs/import']);
    const seenBy = (menuRole: string) =>
      menu
        .visibleTo({ role: 'mch_user', menuRoles: [menuRole] })
        .flatMap(functionsOf)
        .map(({ path }) => path);
    expect(seenBy('mi_gbs_lab')).toEqual(pages);
    expect(seenBy('hb_gbs')).toEqual(['maternal/gbs/specimens']);
  });

  it('takes branches of areas, with rights below them and nowhere else', () => {
    const labels = { menu: ['示範', 'Example'], 'menu.notes': ['紀錄', 'Notes'] };
    const branch = { path: 'maternal/example', functions: { notes: {} }, labels };
    const grants = { mi_antenatal: [{ path: 'maternal/example', rights: ['R'] as const }] };
    const menu = createMenu(['maternal/example/notes'], [{ ...branch, grants }]);
    expect(menu.labelOf('maternal/example/notes', 'en')).toBe('Notes');
    const everywhere = { mi_antenatal: [{ path: 'maternal', rights: ['R'] as const }] };
    expect(() => createMenu([], [{ ...branch, grants: everywhere }])).toThrow('gives rights on maternal');
    expect(() => createMenu([], [{ ...branch, grants, path: 'maternal/gbs' }])).toThrow('already');
    expect(() => createMenu([], [{ ...branch, grants, path: 'nowhere/example' }])).toThrow('no nowhere');
  });

  it('lists what may be done in a group, function by function', () => {
    const node = findNode(menuOf(['hs_child']), 'child/preventive-care');
    expect(node && viewRights(MENU, node, 'zh-TW')).toContainEqual({
      label: '追蹤紀錄',
      letters: ['R', 'C', 'S'],
      url: '/child/preventive-care/tracking',
    });
  });

  it('knows which group pages an account may not open', () => {
    const nurse = { role: 'mch_user', menuRoles: ['mi_antenatal'] };
    expect(MENU.isForbiddenGroup(nurse, '/maternal/gbs')).toBe(false);
    expect(MENU.isForbiddenGroup(nurse, '/maternal/high-risk')).toBe(true);
    expect(MENU.isForbiddenGroup(nurse, '/')).toBe(false);
    expect(MENU.groups).toContain('genetic/lab');
  });
});
