import { type ConsoleCaller, type Deed, reachOf } from '../permissions/index.ts';

interface ConsolePlace {
  key: string;
  url: string;
  deed: Deed;
}

/** The console's menu (P-40 to P-42): groups of places, each shown to whoever may do its deed. */
const GROUPS: { key: string; places: ConsolePlace[] }[] = [
  {
    key: 'console.group-people',
    places: [{ key: 'console-people.title', url: '/console/accounts', deed: 'accounts.read' }],
  },
  { key: 'console.group-subsystems', places: [] },
  { key: 'console.group-units', places: [] },
  { key: 'console.group-content', places: [] },
  {
    key: 'console.group-watch',
    places: [{ key: 'console-allow-list.title', url: '/console/addresses', deed: 'allow_list.read' }],
  },
  {
    key: 'console.group-content',
    places: [{ key: 'console-content.title', url: '/console/content', deed: 'content.read' }],
  },
  { key: 'console.group-watch', places: [] },
  { key: 'console.group-operations', places: [] },
];

/** The groups and places that are the caller's, without empty groups. */
export function placesOf(caller: ConsoleCaller): { key: string; places: ConsolePlace[] }[] {
  return GROUPS.map(({ key, places }) => ({
    key,
    places: places.filter(({ deed }) => reachOf(caller, deed)),
  })).filter(({ places }) => places.length > 0);
}

/** The menu as a page at `path` shows it. */
export function menuOf(caller: ConsoleCaller, path: string) {
  return placesOf(caller).map(({ key, places }) => ({
    key,
    places: places.map((place) => ({
      key: place.key,
      url: place.url,
      current: path === place.url || path.startsWith(`${place.url}/`),
    })),
  }));
}
