/**
 * The records engine: what every business area does with its records, told as data. A record is an envelope (unit,
 * person, state, lock, version) and typed rows of its kind's parts. draft → submitted → approved or returned → claimed
 * → paid, or closed; submitted it is locked (LK1), approved for reviewers too (LK2), until a change request unlocks it
 * once. It knows no area: lists, forms, reviews, history, exports and the log of who looked follow from definitions.
 * It refuses whatever rights, scope, lock or version do not allow, on every path.
 */
export { type Area, indexKinds, schemaOf } from './area.ts';
export { CHILD, MOTHER, PREGNANCY } from './blocks.ts';
export { defineRecord, fileTables } from './define.ts';
export type { RecordsDeps } from './deps.ts';
export {
  area,
  choice,
  day,
  decimal,
  derived,
  flags,
  given,
  moment,
  needed,
  text,
  town,
  unit,
  weeks,
  when,
  whole,
  yesNo,
} from './fields.ts';
export { positionsOf, rowsOf } from './groups.ts';
export { createLabels } from './labels.ts';
export { scopeOf } from './policy.ts';
export { type RecordHost } from './routes/host.ts';
export { type RecordRoute, recordRoutes } from './routes/all.ts';
export { contactOf, dayOf, daysBetween, error, pregnancyRules, stillToCome, warning } from './rules.ts';
export {
  type SeedBooks,
  type SeedCourse,
  type SeedPlaces,
  type SeedRecord,
  type SeedUnit,
  dayAfter,
  momentAfter,
  untilNow,
} from './seed.ts';
export { enterSeed } from './service/seed.ts';
export { type AreaTodo, todosOf } from './todos.ts';
export { Refused, makeRecord, rememberMoved } from './service/follow.ts';
export { type ImportDeps } from './service/import.ts';
export { runImports } from './service/import-run.ts';
export { type ImportRights, RightsUnknown } from './service/import-rights.ts';
export { listCorrectable, unlockRecord } from './service/unlock.ts';
export { bornWithin } from './store/births.ts';
export { monthsAgo } from './reports.ts';
export { inPlace } from './store/place.ts';
export { type Move, moveRecords } from './store/move.ts';
export { askedInPassing, eachAwaiting, short, stillAwaits } from './store/awaiting.ts';
export { withinScope } from './store/scope.ts';
export type {
  About,
  Actor,
  DecisionMade,
  Facts,
  Finding,
  FullRecord,
  Happened,
  RecordKind,
  Report,
  ReportColumn,
  ReportFilters,
  Scope,
  Value,
  Values,
} from './types.ts';
export { formatOf } from './routes/list.ts';
export { recordExport } from './store/exports.ts';
