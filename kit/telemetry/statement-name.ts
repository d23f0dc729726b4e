const VERBS = /^\s*(?:with\b.*?\)\s*)?(select|insert|update|delete|begin|commit|rollback|set|savepoint)\b/is;
const TABLE = /\b(?:from|into|update|join)\s+"?([a-z_][a-z0-9_]*)"?/i;

/** A short name of a statement, `SELECT account`: what it does first, and to which table. */
export function nameStatement(text: string): string {
  const verb = (VERBS.exec(text)?.[1] ?? 'query').toUpperCase();
  const table = TABLE.exec(text)?.[1];
  return table === undefined ? verb : `${verb} ${table}`;
}
