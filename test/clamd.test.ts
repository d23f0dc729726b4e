import { readClamdAddress, scanBytes } from '#kit/clamd.ts';
import { freePort } from './support/replica.ts';
import { MARK, SIGNATURE, startFakeClamd } from './support/fake-clamd.ts';

describe('G8: a virus scanner', () => {
  it('is told where it listens as a port or a socket', () => {
    expect(
      ['127.0.0.1:3310', 'clamd.example:3310', '[::1]:3310', '/run/clamav/clamd.ctl'].map(readClamdAddress),
    ).toEqual([
      { host: '127.0.0.1', port: 3310 },
      { host: 'clamd.example', port: 3310 },
      { host: '::1', port: 3310 },
      { path: '/run/clamav/clamd.ctl' },
    ]);
    expect(
      ['', 'clamd', ':3310', 'clamd:0', 'clamd:70000', 'http://a:1', 'a b:1'].map(readClamdAddress),
    ).toEqual(Array(7).fill(undefined));
  });

  it('is sent the whole file in pieces, and its answer is put together from its own', async () => {
    const clamd = await startFakeClamd();
    const at = { host: '127.0.0.1', port: clamd.port };
    const large = Buffer.alloc(3 * 1024 * 1024 + 17, 'x');
    expect(await scanBytes(at, large)).toEqual({ clean: true });
    expect(clamd.seen[0]?.equals(large)).toBe(true);
    const bad = Buffer.concat([large, Buffer.from(MARK)]);
    expect(await scanBytes(at, bad)).toEqual({ clean: false, signature: SIGNATURE });
    expect(await scanBytes(at, Buffer.from('small'))).toEqual({ clean: true });
    await clamd.stop();
  });

  it('has looked at nothing when it says so, anything else, nothing, or is not there', async () => {
    const answers = {
      limit: ['INSTREAM size limit exceeded. ERROR\0'],
      other: ['HTTP/1.1 200 OK\r\n\r\n\0'],
      'two in one': ['stream: OK\0stream: x FOUND\0'],
      'a file called so': ['stream: x FOUND OK\0'],
      endless: ['x'.repeat(5000)],
      'half an answer': ['stream: OK'],
    };
    const said: Record<string, string> = {};
    for (const [name, pieces] of Object.entries(answers)) {
      const clamd = await startFakeClamd(() => [...pieces]);
      const at = { host: '127.0.0.1', port: clamd.port };
      said[name] = await scanBytes(at, Buffer.from('file')).then(
        (verdict) => JSON.stringify(verdict),
        () => 'not looked at',
      );
      await clamd.stop();
    }
    expect(said).toEqual({
      limit: 'not looked at',
      other: 'not looked at',
      'two in one': '{"clean":true}', // what comes after the end of an answer is none
      'a file called so': 'not looked at',
      endless: 'not looked at',
      'half an answer': 'not looked at',
    });
    const silent = await startFakeClamd(() => []);
    await expect(scanBytes({ host: '127.0.0.1', port: silent.port }, Buffer.from('x'), 100)).rejects.toThrow(
      'in time',
    );
    await silent.stop();
    await expect(
      scanBytes({ host: '127.0.0.1', port: await freePort() }, Buffer.from('x')),
    ).rejects.toThrow();
  });
});
