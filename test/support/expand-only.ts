/**
 * What in the SQL of a migration would break the release before it, told in words; tables made by the migration
 * itself may be treated as it likes. Function bodies are not looked into.
 */
export function findContractions(statements: string[]): string[] {
  const script = statements.map(strip).join(';\n');
  const made = new Set(
    [...script.matchAll(/\bcreate (?:unlogged )?table (?:if not exists )?"?(\w+)/g)].map(([, name]) => name),
  );
  return script
    .split(';')
    .map((statement) => statement.replaceAll(/\s+/g, ' ').trim())
    .flatMap((statement) => {
      const table = /^alter table (?:only )?(?:if exists )?"?(\w+)/.exec(statement)?.[1];
      if (table !== undefined) return made.has(table) ? [] : inAlteration(table, statement);
      const unique = /^create unique index .*? on "?(\w+)/.exec(statement)?.[1];
      if (unique !== undefined && !made.has(unique)) return [`${unique}: unique index`];
      if (/^(drop|truncate|alter) (?!index)/.test(statement) && !replacesItself(statement, script))
        return [statement];
      const emptied = /^delete from "?(\w+)/.exec(statement)?.[1];
      return emptied !== undefined && !made.has(emptied) ? [`${emptied}: rows deleted`] : [];
    });
}

function inAlteration(table: string, statement: string): string[] {
  const found: string[] = [];
  const add = (what: string): unknown => found.push(`${table}: ${what}`);
  for (const action of splitActions(statement)) {
    if (/\brename\b/.test(action)) add('renamed');
    if (/\bdrop column\b/.test(action)) add('column dropped');
    if (/\bset not null\b/.test(action)) add('not null');
    if (/\balter (column )?\S+ (set data )?type\b/.test(action)) add('type changed');
    if (/\bdrop default\b/.test(action)) add('default dropped');
    const column = /\badd (?:column )?(?!constraint|check|unique|primary|foreign|exclude)(.+)/.exec(
      action,
    )?.[1];
    if (column !== undefined && /\bnot null\b/.test(column) && !/\b(default|generated)\b/.test(column)) {
      add('column that must be given');
    }
    if (/\badd (check|unique|primary|foreign|exclude)\b/.test(action)) add('constraint added');
    const constraint = /\badd constraint (\w+)/.exec(action)?.[1];
    // dropped and added under one name: a list of values grows
    if (
      constraint !== undefined &&
      !new RegExp(`drop constraint (if exists )?${constraint}\\b`).test(statement)
    ) {
      add(`constraint ${constraint} added`);
    }
  }
  return found;
}

/** The actions of one alter table, which commas outside parentheses part. */
function splitActions(statement: string): string[] {
  const actions = [''];
  let depth = 0;
  for (const letter of statement) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (letter === ',' && depth === 0) actions.push('');
    else actions[actions.length - 1] += letter;
  }
  return actions;
}

/** A trigger or function that is dropped to be made anew. */
function replacesItself(statement: string, script: string): boolean {
  const [, kind = '', name = ''] = /^drop (trigger|function) (?:if exists )?(\w+)/.exec(statement) ?? [];
  return kind !== '' && new RegExp(`create (or replace )?(constraint )?${kind} ${name}\\b`).test(script);
}

function strip(sql: string): string {
  return sql
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    .toLowerCase();
}
