// What went wrong between this page and a card; the page has words for each code.
export class CardError extends Error {
  constructor(code) {
    super(`card: ${code}`);
    this.code = String(code);
  }
}
