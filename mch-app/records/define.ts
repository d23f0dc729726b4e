import type { FunctionPath } from '../access/index.ts';
import { mergeFields } from './fields.ts';
import type { Facts, Fields, Finding, Group, Part, RecordKind, Subject, Values } from './types.ts';

type Name<F extends Fields> = keyof F & string;

export interface GroupTold {
  name: string;
  /** `<kind>_<name>` unless told. */
  table?: string;
  fields: Fields;
  /** As many as the preset has options unless told; otherwise 10. */
  most?: number;
  preset?: string;
}

export interface KindTold<F extends Fields> {
  key: string;
  path: FunctionPath | (string & {});
  subject: Subject;
  parent?: string;
  otherParents?: readonly string[];
  onePerParent?: boolean;
  hasPregnancy?: boolean;
  /** Shared blocks, asked before the own fields. */
  blocks?: readonly Part[];
  fields: F;
  /** Rows it has several of, asked after the own fields. */
  groups?: readonly GroupTold[];
  files?: readonly string[];
  serviceDay: Name<F> | 'birth_at';
  assignedTo?: Name<F> | 'parent';
  liesWithParent?: boolean;
  birthNotice?: RecordKind['birthNotice'];
  entry?: FunctionPath | (string & {});
  startsFrom?: RecordKind['startsFrom'];
  list: readonly (Name<F> | (string & {}))[];
  filters?: readonly Name<F>[];
  asksSubmitted?: boolean;
  conditions?: RecordKind['conditions'];
  lock?: RecordKind['lock'];
  changeCategory?: RecordKind['changeCategory'];
  approvedCategory?: RecordKind['changeCategory'];
  isReviewed?: boolean;
  reviewedBy?: RecordKind['reviewedBy'];
  isMade?: boolean;
  approvalNeedsNote?: boolean;
  isClosed?: boolean;
  deadline?: (values: Values) => string | undefined;
  uniqueBy?: (values: Values) => string | undefined;
  rules?: (values: Values, facts: Facts) => Finding[];
  register?: RecordKind['register'];
  asks?: RecordKind['asks'];
  follows?: RecordKind['follows'];
  importAt?: string;
}

/** One kind of record, completed by what most kinds have. @throws Error for a column that no part has */
export function defineRecord<F extends Fields>(told: KindTold<F>): RecordKind {
  const { blocks = [], fields, groups = [], rules = () => [], ...rest } = told;
  const parts = [...blocks, { name: 'own', table: told.key.replaceAll('-', '_'), fields }];
  const known = mergeFields(parts.map((part) => part.fields));
  for (const name of told.list) if (!known[name]) throw new Error(`${told.key} has no field ${name}`);
  return {
    parent: undefined,
    importAt: undefined,
    otherParents: [],
    onePerParent: false,
    files: [],
    hasPregnancy: blocks.some(({ name }) => name === 'pregnancy'),
    assignedTo: undefined,
    liesWithParent: false,
    birthNotice: undefined,
    entry: undefined,
    startsFrom: undefined,
    filters: [],
    asksSubmitted: false,
    conditions: {},
    lock: 'LK1',
    changeCategory: 'other',
    approvedCategory: undefined,
    isReviewed: false,
    reviewedBy: 'reviewers',
    isMade: false,
    register: undefined,
    asks: undefined,
    follows: undefined,
    approvalNeedsNote: false,
    isClosed: false,
    deadline: undefined,
    uniqueBy: undefined,
    ...rest,
    rules,
    parts,
    groups: groups.map((group) => groupOf(told.key, group)),
  };
}

function groupOf(key: string, { name, table, fields, most, preset }: GroupTold): Group {
  if (Object.values(fields).some(({ kind }) => kind === 'moment')) throw new Error(`${name} has a moment`);
  const presets = preset === undefined ? undefined : fields[preset]?.options.length;
  return {
    name,
    table: table ?? `${key.replaceAll('-', '_')}_${name}`,
    fields,
    most: most ?? presets ?? 10,
    preset,
  };
}

/** The tables of a kind's files. */
export const fileTables = ({ key, files }: Pick<RecordKind, 'key' | 'files'>): string[] =>
  files.length === 0 ? [] : [`${key.replaceAll('-', '_')}_file`];
