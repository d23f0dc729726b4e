import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Town {
  code: string;
  name: string;
  nameEn: string;
}

export interface County extends Town {
  towns: Town[];
}

/** The 22 counties and 368 townships with the Ministry of the Interior's codes. */
export const COUNTIES: readonly County[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'labels/divisions.json'), 'utf8'),
) as County[];

const counties = new Map(COUNTIES.map((county) => [county.code, county]));

export function findCounty(code: string): County | undefined {
  return counties.get(code);
}

/** The township of this code, but only when it lies in the county. */
export function findTown(county: string, code: string): Town | undefined {
  return counties.get(county)?.towns.find((town) => town.code === code);
}
