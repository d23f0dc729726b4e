import type { AlertRuleTable } from '#db/idp/watch-tables.ts';
import type { Db } from '#db/idp/tables.ts';
import type { Keyring } from '#kit/keyring.ts';

export interface WatchDeps {
  db: Db;
  keyring: Keyring;
  config: { issuer: string; watch: { mailTo: string[] } };
}

/** What counts as unusual, as data: kept in the database and changed in the console. */
export interface AlertRule {
  code: string;
  kind: AlertRuleTable['kind'];
  enabled: boolean;
  types: string[];
  outcome: AlertRuleTable['outcome'];
  subject: AlertRuleTable['subject'];
  threshold: number;
  windowMinutes: number;
  /** Hours of the day in Taipei; through midnight when `from` is later than `to`. */
  hours: { from: number; to: number } | undefined;
  evaluatedAt: Date | null;
}

/** What a rule found in the audit trail. */
export interface Hit {
  /** An account, address or client; with the address or device where that is what is new. */
  subject: string;
  /** The day in Taipei. */
  day: string;
  accountId: string | null;
  unitCode: string | null;
  at: Date;
  count: number;
  ip: string | null;
}

export interface Alert {
  id: number;
  rule: string;
  subject: string;
  accountId: string | null;
  loginName: string | null;
  unitCode: string | null;
  facts: Record<string, string | number>;
  eventAt: Date;
  raisedAt: Date;
  state: 'open' | 'explained' | 'escalated';
}

export type AnswerRefusal = 'unknown_alert' | 'own_alert' | 'answered_already' | 'note_missing';
