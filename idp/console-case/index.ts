/**
 * How one thing is shown in the console: facts, what changed, a chart, its history, and the forms for what can be
 * done about it. It owns neither data nor rules.
 */
export { caseField, caseView, options } from './view.ts';
