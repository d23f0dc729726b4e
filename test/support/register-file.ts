import { COUNTIES } from '#idp/units/index.ts';

export const REGISTER_HEADING = '機構代碼,機構名稱,機構種類,縣市,鄉鎮市區,地址,電話,開業狀況\r\n';
const TOWNS = COUNTIES.flatMap((county) => county.towns.map((town) => ({ county, town })));

/** The code of the n-th synthetic clinic. */
export const clinicCode = (n: number): string => `35${String(n).padStart(8, '0')}`;

/** A row of the register about the n-th synthetic clinic. */
export function clinicRow(n: number, named = `合成第${n}診所`, status = '開業'): string {
  const { county, town } = TOWNS[n % TOWNS.length] ?? TOWNS[0]!;
  const place = `${county.name}${town.name}示範路${n % 300}號`;
  return `${clinicCode(n)},${named},診所,${county.name},${town.name},${place},02-5550${String(n % 10_000).padStart(4, '0')},${status}\r\n`;
}

/** A register file of `count` synthetic clinics, a piece at a time. */
export async function* registerFile(count: number): AsyncGenerator<Buffer> {
  let text = REGISTER_HEADING;
  for (let n = 1; n <= count; n += 1) {
    text += clinicRow(n);
    if (text.length < 60_000) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}
