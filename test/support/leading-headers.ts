/** JOSE headers that would have a reader fetch, trust or look up what they name, each alone. */
export function leadingHeaders(elsewhere: string, jwk: object): Record<string, unknown>[] {
  return [
    { jku: elsewhere },
    { x5u: elsewhere },
    { jwk },
    { x5c: ['AAAA'] },
    { x5t: 'AAAA' },
    { kid: elsewhere },
    { kid: '../../../../etc/passwd' },
    { kid: "x' or 1=1 --" },
    { zip: 'DEF' },
    { cty: 'JWT' },
  ];
}
