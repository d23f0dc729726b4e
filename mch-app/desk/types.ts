/** A function an account may use and that has a page. */
export interface DeskFunction {
  path: string;
  label: string;
  /** The groups above it, outermost first. */
  trail: string[];
  /** What it is found by: its names in both languages. */
  words: string;
}
