import { readFileSync, readdirSync } from 'node:fs';

const TICKS_PER_SECOND = 100; // USER_HZ, fixed on Linux

/** CPU seconds a process and its descendants have used so far, those that ended included. */
export function treeSeconds(root: number): number {
  const processes = new Map<number, { parent: number; ticks: number }>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // the name may hold blanks and parentheses; the numbers follow the last one
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
      processes.set(Number(entry), { parent: Number(fields[1]), ticks });
    } catch {
      // it ended meanwhile
    }
  }
  const belongs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined; at = processes.get(at)?.parent) {
      if (at === root) return true;
    }
    return false;
  };
  let ticks = 0;
  for (const [pid, process] of processes) if (belongs(pid)) ticks += process.ticks;
  return ticks / TICKS_PER_SECOND;
}

/** CPU seconds the threads of one process have used so far, to the nanosecond. */
export function threadSeconds(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // it ended meanwhile
    }
  }
  return nanoseconds / 1e9;
}

/** Memory in MB of a process and its descendants: what they share counts once, by their share of it. */
export function treeMegabytes(root: number): number {
  try {
    const children = readFileSync(`/proc/${root}/task/${root}/children`, 'utf8').trim();
    const own = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${root}/smaps_rollup`, 'utf8'))?.[1];
    const theirs = children === '' ? [] : children.split(' ').map((child) => treeMegabytes(Number(child)));
    return theirs.reduce((sum, each) => sum + each, Number(own ?? 0) / 1024);
  } catch {
    return 0; // it ended meanwhile
  }
}

/** CPU seconds the whole machine has worked so far. */
export function machineSeconds(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}
