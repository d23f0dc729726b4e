/** The first page, and the page of each group of functions. */
export { group } from './group.ts';
export { home } from './home.ts';
