import type { ServerResponse } from 'node:http';
import { addConnectTargets, allowPopups } from '#kit/http/security-headers.ts';
import type { CardDialogView } from '#templates/views/card.ts';
import type { CardKind } from './types.ts';

const PORTS = [56445, 56545, 56645];
const MAC_OFFSET = 2000;

/** Where the card component listens on a person's own machine, on Windows and on a Mac. */
const COMPONENT_ORIGINS = ['localhost', '127.0.0.1'].flatMap((host) =>
  PORTS.flatMap((port) => [`https://${host}:${port}`, `https://${host}:${port - MAC_OFFSET}`]),
);

/** What a component may answer, each with its words. */
const COMPONENT_CODES = [
  ...[9039, 9041, 9042, 9043, 9045, 9056],
  ...[61001, 61006, 61014, 61015, 61902, 61904, 61905, 61906, 61908],
  ...['hipki-missing', 'hipki-closed', 'wrong-kind-institution', 'wrong-kind-person', 'offline', 'other'],
].map((code) => ({ code: String(code), key: `hca-card.component-${code}` }));

export type CardDialog = CardDialogView;

/** What the page needs that talks to a card. */
export function cardDialog(page: {
  action: string;
  challengeUrl: string;
  kind: CardKind;
  virtual?: CardDialogView['virtual'] | undefined;
}): CardDialog {
  const { virtual, ...rest } = page;
  return { ...rest, codes: COMPONENT_CODES, ...(virtual && { virtual }) };
}

/** Lets this one page reach the component, and the window HiPKI answers in. */
export function openCardPage(res: ServerResponse): void {
  addConnectTargets(res, COMPONENT_ORIGINS);
  allowPopups(res);
}
