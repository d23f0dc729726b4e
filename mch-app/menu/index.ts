/**
 * The function menu: the tree of functions as far as an account has rights on it. It owns no page of its own
 * and gives no right; a group without a visible function is not there.
 */
export { GROUP_PATHS, type MenuNode, findNode, isForbiddenGroup, visibleMenu } from './policy.ts';
export { breadcrumbOf, viewMenu, viewRights } from './view.ts';
