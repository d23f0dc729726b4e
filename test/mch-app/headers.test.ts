import { rawRequest } from '../support/raw-http.ts';
import { type Mch, startMch } from './support/mch.ts';

let mch: Mch;
beforeAll(async () => {
  mch = await startMch();
});
afterAll(() => mch.stop());

describe('every page of the MCH system', () => {
  it('I5: guards itself against framing, sniffing, foreign content and leaking addresses, for anybody', async () => {
    const nurse = await mch.nurse();
    const signedIn = [...nurse.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    expect(mch.pages.length).toBeGreaterThan(100);
    // whoever leaves or is sent to the single entry is somebody else afterwards
    const asked = mch.pages.filter((path) => !/sign-(in|out)|signed-|callback/.test(path));
    const pages = [
      ...asked,
      ...mch.pages.filter((path) => !asked.includes(path)),
      '/nowhere',
      '/assets/none',
    ];
    for (const pattern of pages) {
      const path = pattern.replaceAll(/[:*]\w+|\{[^}]*\}/g, '1');
      for (const cookie of ['', signedIn]) {
        const headers = { accept: 'text/html', ...(cookie !== '' && { cookie }) };
        const answer = await rawRequest(mch.origin, 'GET', path, { headers });
        const csp = String(answer.headers['content-security-policy']);
        expect({ path, fails: answer.status >= 500, headers: answer.headers }).toMatchObject({
          fails: false,
          headers: {
            'x-content-type-options': 'nosniff',
            'x-frame-options': 'DENY',
            'referrer-policy': expect.stringMatching(/^(same-origin|no-referrer)$/),
            'cross-origin-opener-policy': 'same-origin',
          },
        });
        expect([path, csp]).toEqual([path, expect.stringMatching(/default-src 'none'.*base-uri 'none'/)]);
        expect([path, csp]).toEqual([path, expect.stringContaining("frame-ancestors 'none'")]);
        expect(csp).not.toMatch(/unsafe-|\*|data:|blob:/);
        expect(answer.headers).not.toHaveProperty('x-powered-by');
        expect(answer.body).not.toMatch(/\son\w+="|javascript:|<style|<iframe|<object|<base/i);
      }
    }
  });
});
