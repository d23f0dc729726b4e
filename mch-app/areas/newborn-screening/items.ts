/** The 21 items of the programme, in its own order; their names stand in the labels as `item.<code>`. */
export const ITEMS = [
  'hcu',
  'gal',
  'pku',
  'cht',
  'g6pd',
  'cah',
  'msud',
  'mcad',
  'ga1',
  'iva',
  'mma',
  'cit1',
  'cit2',
  'hmg',
  'hcsd',
  'pa',
  'pcd',
  'cpt1',
  'cpt2',
  'vlcad',
  'ga2',
] as const;

/** Specimens taken before this day were examined for the first eleven alone. */
const ALL_SINCE = '2019-10-01';
const FIRST = 11;

/** How many of the items a specimen taken on this day is examined for. */
export const itemsDue = (takenOn: string): number =>
  takenOn !== '' && takenOn < ALL_SINCE ? FIRST : ITEMS.length;
