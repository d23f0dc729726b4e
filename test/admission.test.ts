import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Admission,
  type Pressure,
  type Stage,
  decideAdmission,
  retryAfterSeconds,
} from '#kit/http/admission.ts';
import { pacedBy } from '#kit/http/pace.ts';

describe('R34: who is worked on', () => {
  it.each<[string, Partial<Pressure>, Stage, boolean]>([
    ['a quiet process', {}, 'beginning', true],
    ['many halfway', { underWay: 99 }, 'going_on', true],
    ['too many halfway', { underWay: 100 }, 'going_on', false],
    ['a new one among many', { underWay: 60 }, 'beginning', false],
    ['a new one among fewer', { underWay: 59 }, 'beginning', true],
    ['a busy machine without a queue', { underWay: 9, delayMs: 5000 }, 'beginning', true],
    ['a late loop with a queue: who begins', { underWay: 20, delayMs: 250 }, 'beginning', false],
    ['a late loop with a queue: who goes on', { underWay: 20, delayMs: 250 }, 'going_on', true],
    ['a very late loop with a queue', { underWay: 20, delayMs: 450 }, 'going_on', false],
  ])('%s', (_what, pressure, stage, admitted) => {
    expect(decideAdmission({ underWay: 0, limit: 100, delayMs: 0, ...pressure }, stage)).toBe(admitted);
  });

  it('comes back after one to four seconds', () => {
    expect([0, 0.3, 0.6, 0.99].map(retryAfterSeconds)).toEqual([1, 2, 3, 4]);
  });
});

describe('R34: forms that come at once', () => {
  it('are begun one after the other, with others in between; one alone at once', async () => {
    const paced = pacedBy(2);
    const begun: string[] = [];
    for (const name of ['first', 'second', 'third']) paced(() => begun.push(name));
    expect(begun).toEqual(['first']);
    setImmediate(() => begun.push('somebody else'));
    while (begun.length < 4) await sleep(1);
    expect(begun).toEqual(['first', 'somebody else', 'second', 'third']);
    await sleep(10);
    paced(() => begun.push('alone'));
    expect(begun.at(-1)).toBe('alone');
  });
});

describe('R24, R34: a place is taken', () => {
  const requestOf = (headers: Record<string, string>, complete: boolean) =>
    Object.assign(new EventEmitter(), { headers, complete }) as unknown as IncomingMessage;
  const response = () => new EventEmitter() as unknown as ServerResponse;

  it('until the answer is made, however slowly it is read; a body that trickles in gives it back meanwhile', async () => {
    const admission = new Admission(2, () => 0);
    const [plain, done] = [requestOf({}, true), response()];
    expect(admission.admit(plain, done, 'going_on')).toBe(true);
    const [slow, answer] = [requestOf({ 'content-length': '9' }, false), response()];
    expect(admission.admit(slow, answer, 'going_on')).toBe(true);
    expect(admission.admit(requestOf({}, true), response(), 'going_on')).toBe(false);
    expect(admission.refused).toEqual({ beginning: 0, going_on: 1 });
    await sleep(300);
    expect(admission.underWay).toBe(1);
    slow.emit('end');
    expect(admission.underWay).toBe(2);
    done.emit('prefinish');
    done.emit('close');
    expect(admission.underWay).toBe(1);
    answer.emit('close');
    slow.emit('end');
    expect(admission.underWay).toBe(0);
  });
});
