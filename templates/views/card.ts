/** The dialog with an HCA card, wherever one is shown. */
export interface CardDialogView {
  action: string;
  challengeUrl: string;
  kind: 'institution' | 'person';
  /** What a component may answer, with its words. */
  codes: { code: string; key: string }[];
  /** Cards the page itself holds; in the demo only. */
  virtual?: { url: string; cards: { value: string; label: string }[] };
}
