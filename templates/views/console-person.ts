/** One person's account as the console shows it. */
import type { Cell, Fact, HistoryLine } from './console.ts';

export interface ConsolePersonViews {
  'idp/console-person': {
    name: string;
    loginName: string;
    status: Cell;
    /** Why the caller may only look, as a locale key; '' when they may change it. */
    lookOnlyKey: string;
    deeds: { key: string; url: string; isDangerous: boolean }[];
    facts: Fact[];
    accounts: {
      id: string;
      url: string;
      system: string;
      unit: string;
      role: string;
      status: Cell;
      isBound: boolean;
    }[];
    factors: { key: string; addedAt: Date; lastUsedAt?: Date }[];
    sessions: {
      device: string;
      address: string;
      signedInAt: Date;
      activeAt: Date;
      systems: string[];
      /** Where its end is posted to; '' when the caller may not end it. */
      action: string;
    }[];
    signOutUrl: string;
    signIns: {
      at: Date;
      kind: 'success' | 'refused';
      key: string;
      reason?: string;
      device: string;
      address: string;
    }[];
    signInsUrl: string;
    history: HistoryLine[];
  };
}
