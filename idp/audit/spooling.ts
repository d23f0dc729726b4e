/** What goes on while the trail cannot be written: signing in, and ending a session. */
const GOES_ON = /^(sign_in|second_factor|session|consent)\./;

// of this process: each replica finds out for itself, at the next probe
let isOn = false;

/** Whether a record of this type goes to the spool now. */
export function isSpooled(type: string): boolean {
  return isOn && GOES_ON.test(type);
}

/** Whether sign-ins go to the spool now. */
export function isSpooling(): boolean {
  return isOn;
}

/** @returns whether that is a change */
export function setSpooling(on: boolean): boolean {
  const changes = isOn !== on;
  isOn = on;
  return changes;
}
