/**
 * The function menu: the tree of functions as far as they have a page and an account has rights on them. It owns no
 * page of its own and gives no right; a group without a visible function is not there. Areas may bring branches of
 * their own, with rights below them only.
 */
export { type Menu, type MenuAddition, createMenu } from './menu.ts';
export { type MenuNode, findNode, functionsOf } from './policy.ts';
export { breadcrumbOf, viewMenu, viewRights } from './view.ts';
