/**
 * Begins pieces of work at least `gapMs` milliseconds apart, in the order they came: of hundreds that arrive at once,
 * what others ask for meanwhile waits for one, not for all. A piece that comes alone begins at once.
 */
export function pacedBy(gapMs: number): (work: () => void) => void {
  const waiting: (() => void)[] = [];
  let isPausing = false;
  const begin = (work: () => void): void => {
    isPausing = true;
    setTimeout(next, gapMs);
    work();
  };
  const next = (): void => {
    const work = waiting.shift();
    if (work) begin(work);
    else isPausing = false;
  };
  return (work) => {
    if (isPausing) waiting.push(work);
    else begin(work);
  };
}
