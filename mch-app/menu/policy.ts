import { FUNCTIONS, type Grant, RIGHTS, type Right, rightsOn } from '../access/index.ts';

interface Tree {
  readonly [slug: string]: Tree;
}

/** A place in the menu: a function, or a group that holds at least one. */
export interface MenuNode {
  path: string;
  slug: string;
  /** On a group: of all its functions together. */
  rights: Right[];
  children: MenuNode[];
}

/** The part of the tree where `grants` give at least one right; what has none is not there. */
export function visibleMenu(grants: readonly Grant[]): MenuNode[] {
  return visibleBelow(FUNCTIONS, '', grants);
}

function visibleBelow(tree: Tree, above: string, grants: readonly Grant[]): MenuNode[] {
  return Object.entries(tree).flatMap(([slug, below]) => {
    const path = above + slug;
    const isFunction = Object.keys(below).length === 0;
    const children = visibleBelow(below, `${path}/`, grants);
    const rights = isFunction
      ? rightsOn(grants, path)
      : RIGHTS.filter((right) => children.some((child) => child.rights.includes(right)));
    return rights.length > 0 ? [{ path, slug, rights, children }] : [];
  });
}

/** The functions at and below `node`, in menu order. */
export function functionsOf(node: MenuNode): MenuNode[] {
  return node.children.length === 0 ? [node] : node.children.flatMap(functionsOf);
}

/** The node at `path`, if it is visible. */
export function findNode(menu: readonly MenuNode[], path: string): MenuNode | undefined {
  for (const node of menu) {
    if (node.path === path) return node;
    if (path.startsWith(`${node.path}/`)) return findNode(node.children, path);
  }
  return undefined;
}

/** Paths of the groups that have a page of their own: those right below a section. */
export const GROUP_PATHS: readonly string[] = Object.entries(FUNCTIONS as Tree).flatMap(([section, groups]) =>
  Object.entries(groups)
    .filter(([, below]) => Object.keys(below).length > 0)
    .map(([group]) => `${section}/${group}`),
);

/** Whether `pathname` is a group's page that `menu` does not show. */
export function isForbiddenGroup(menu: readonly MenuNode[], pathname: string): boolean {
  const path = pathname.slice(1);
  return GROUP_PATHS.includes(path) && findNode(menu, path) === undefined;
}
