import { type FunctionTree, type Grant, RIGHTS, type Right, rightsOn } from '../access/index.ts';

/** A place in the menu: a function, or a group that holds at least one. */
export interface MenuNode {
  path: string;
  slug: string;
  /** On a group: of all its functions together. */
  rights: Right[];
  children: MenuNode[];
}

/** Functions that have a page; `imports` are those that nobody gets to without the right to bring files. */
export interface Pages {
  all: ReadonlySet<string>;
  imports: ReadonlySet<string>;
}

/** The part of the tree that has `pages` which `grants` lead to; the rest is not there. */
export function visibleMenu(
  tree: FunctionTree,
  pages: Pages,
  grants: readonly Grant[],
  above = '',
): MenuNode[] {
  return Object.entries(tree).flatMap(([slug, below]) => {
    const path = above + slug;
    const isFunction = Object.keys(below).length === 0;
    const children = visibleMenu(below, pages, grants, `${path}/`);
    if (isFunction && !pages.all.has(path)) return [];
    const rights = isFunction
      ? rightsOn(grants, path)
      : RIGHTS.filter((right) => children.some((child) => child.rights.includes(right)));
    if (pages.imports.has(path) && !rights.includes('I')) return [];
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
export function groupsOf(tree: FunctionTree): string[] {
  return Object.entries(tree).flatMap(([section, groups]) =>
    Object.entries(groups)
      .filter(([, below]) => Object.keys(below).length > 0)
      .map(([group]) => `${section}/${group}`),
  );
}

/**
 * The tree with `branch` added at `path`, after what stands there already.
 * @throws Error where the place above is missing or the place itself is taken: a bug of whoever brings it
 */
export function graft(tree: FunctionTree, path: string, branch: FunctionTree): FunctionTree {
  const [slug = '', ...rest] = path.split('/');
  const here = tree[slug];
  if (rest.length === 0) {
    if (here) throw new Error(`${path} is in the menu already`);
    return { ...tree, [slug]: branch };
  }
  if (!here) throw new Error(`the menu has no ${slug} to add ${path} to`);
  return { ...tree, [slug]: graft(here, rest.join('/'), branch) };
}
