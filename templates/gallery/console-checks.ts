import type { Sample } from '../gallery.ts';

const at = (day: number): Date => new Date(Date.UTC(2026, 10, day, 1, 30));

/** One readiness check, with a step of each outcome. */
export function readiness(name: string): (Sample & { view: 'idp/console-readiness' })['data'] {
  const passed = { kind: 'passed', tone: 'success' as const, reason: '', seen: '' };
  return {
    name,
    outcome: { key: 'console-readiness.failed', tone: 'error' },
    isRunning: false,
    startedAt: at(20),
    by: '',
    steps: [
      { code: 'configuration', ms: 40, ...passed },
      { code: 'sign_in', ms: 212, ...passed },
      {
        code: 'next_key',
        ms: 180,
        ...passed,
        kind: 'failed',
        tone: 'error',
        reason: 'stale_keys',
        seen: 'HTTP 400',
      },
      { code: 'logout', ms: 0, ...passed, kind: 'not_checked', tone: 'neutral', reason: 'earlier_failure' },
    ],
    againAction: '#main',
    listUrl: '#main',
    refreshUrl: '#main',
  };
}

const client = (
  clientId: string,
  word: string,
  tone: 'success' | 'warning' | 'neutral',
  of: { fetchedAt?: Date; seenAt?: Date },
) => ({
  clientId,
  state: { key: `console-signing-keys.${word}`, tone },
  fetchedAt: of.fetchedAt,
  seenAt: of.seenAt,
});

/** Signing keys on their line of time. */
export function keys(person: string, why: string): (Sample & { view: 'idp/console-signing-keys' })['data'] {
  const bar = (kid: string, y: number, x: number, revokedX: number) => ({
    ...{ kid, alg: 'ES256', y, revokedX },
    spans: [
      { kind: 'announced' as const, x, width: 60 },
      { kind: 'active' as const, x: x + 60, width: 380 },
      { kind: 'retiring' as const, x: x + 440, width: 60 },
    ],
  });
  const key = {
    alg: 'ES256',
    publishFrom: at(1),
    signFrom: at(2),
    signUntil: at(28),
    publishUntil: at(29),
    why,
    ...{ isImported: false, without: '', rotateUrl: '', retireUrl: '' },
  };
  const state = (code: string, tone: 'info' | 'success' | 'error') => ({
    state: { key: `console-signing-keys.state-${code}`, tone },
  });
  return {
    next: { at: at(28), kid: 'h3Jk0pQ2', key: 'console-signing-keys.next-signs' },
    line: {
      ...{ width: 960, height: 108, nowX: 420 },
      ticks: [120, 360, 600, 840].map((x, index) => ({ x, label: `2026-1${index % 3}` })),
      bars: [bar('Zx81mQe0', 36, 20, 0), bar('h3Jk0pQ2', 70, 400, 0)],
    },
    keys: [
      {
        kid: 'h3Jk0pQ2',
        ...key,
        ...state('announced', 'info'),
        signUntil: undefined,
        publishUntil: undefined,
        isImported: true,
        retireUrl: '#main',
        revokeUrl: '#main',
      },
      { kid: 'Zx81mQe0', ...key, ...state('active', 'success'), rotateUrl: '#main', revokeUrl: '#main' },
      { kid: 'aa00bb11', ...key, ...state('revoked', 'error'), without: 'cancer-screening', revokeUrl: '' },
    ],
    evidence: [
      {
        ...{ kid: 'h3Jk0pQ2', alg: 'ES256' },
        wait: { earliest: at(22), deadline: at(28), signFrom: at(28), waitsFor: 'cancer-screening' },
        clients: [
          client('mch-app', 'has-fetched', 'success', { fetchedAt: at(20), seenAt: at(20) }),
          client('cancer-screening', 'not-fetched', 'warning', { seenAt: at(21) }),
          client('smoking-cessation', 'idle', 'neutral', {}),
        ],
      },
      { kid: 'Rs4mKd02', alg: 'RS256', wait: undefined, clients: [] },
    ],
    spans: { rotate: '90 d', announce: '1 d', deadline: '7 d', keep: '8 h' },
    unconfirmed: [{ kid: 'aa00bb11', by: person, at: at(19), why, url: '#main', isOverdue: true }],
    rotateUrl: '#main',
  };
}
