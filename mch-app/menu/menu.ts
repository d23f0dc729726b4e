import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import {
  type AddedGrants,
  FUNCTIONS,
  type FunctionTree,
  type Grant,
  type Holder,
  grantsOf,
} from '../access/index.ts';
import { type MenuNode, findNode, graft, groupsOf, visibleMenu } from './policy.ts';

/** What a business area brings to the menu itself; one that stands in the central tree brings nothing. */
export interface MenuAddition {
  /** Where it stands, below a section of the central tree. */
  path: string;
  functions: FunctionTree;
  grants: AddedGrants;
  /** `[zh-TW, en]` of its place (`menu`) and of those below (`menu.<slugs with dots>`). */
  labels: Readonly<Record<string, readonly string[]>>;
}

/** The menu of this system: which functions there are, which of them have a page, what each is called. */
export interface Menu {
  /** THE list of functions that have a page. */
  readonly pages: ReadonlySet<string>;
  /** Groups with a page of their own. */
  readonly groups: readonly string[];
  grantsOf(holder: Holder): Grant[];
  /** What the holder may open. */
  visibleTo(holder: Holder): MenuNode[];
  /** @throws Error for a place without a name: a bug */
  labelOf(path: string, locale: Locale): string;
  /** Whether `pathname` is a group's page that the holder does not see. */
  isForbiddenGroup(holder: Holder, pathname: string): boolean;
}

/**
 * @param imports the pages that are only for whoever may bring files
 * @throws Error for an addition that gives rights outside its own place, or whose place is taken
 */
export function createMenu(
  pages: Iterable<string>,
  additions: readonly MenuAddition[] = [],
  imports: Iterable<string> = [],
): Menu {
  const there = { all: new Set(pages), imports: new Set(imports) };
  let tree: FunctionTree = FUNCTIONS;
  for (const { path, functions, grants } of additions) {
    tree = graft(tree, path, functions);
    for (const { path: given } of Object.values(grants).flat()) {
      if (given !== path && !given.startsWith(`${path}/`))
        throw new Error(`${path} gives rights on ${given}`);
    }
  }
  const grants = additions.map((addition) => addition.grants);
  const groups = groupsOf(tree);
  const visibleTo = (holder: Holder): MenuNode[] => visibleMenu(tree, there, grantsOf(holder, grants));
  return {
    pages: there.all,
    groups,
    grantsOf: (holder) => grantsOf(holder, grants),
    visibleTo,
    labelOf: (path, locale) => ownLabel(additions, path, locale) ?? centralLabel(path, locale),
    isForbiddenGroup: (holder, pathname) =>
      groups.includes(pathname.slice(1)) && findNode(visibleTo(holder), pathname.slice(1)) === undefined,
  };
}

function ownLabel(additions: readonly MenuAddition[], path: string, locale: Locale): string | undefined {
  const of = additions.find((one) => path === one.path || path.startsWith(`${one.path}/`));
  if (!of) return undefined;
  const below = path.slice(of.path.length).replaceAll('/', '.');
  const text = of.labels[`menu${below}`]?.[locale === 'en' ? 1 : 0];
  if (text === undefined) throw new Error(`no label for menu${below} of ${of.path}`);
  return text;
}

const centralLabel = (path: string, locale: Locale): string =>
  translate(locale, `menu.${path.replaceAll('/', '.')}`);
