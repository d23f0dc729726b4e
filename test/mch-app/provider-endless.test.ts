import { resolveProvider } from '#mch/federation/index.ts';

const ANCHOR = 'https://anchor.example';

describe('OpenID Federation §18.1: an anchor that never stops answering', () => {
  it('costs 256 KiB at most, and says nothing of the chain', async () => {
    let sent = 0;
    let isStopped = false;
    const call = (): Promise<Response> => {
      const body = new ReadableStream({
        pull: (stream) => {
          sent += 16 * 1024;
          stream.enqueue(new Uint8Array(16 * 1024).fill(0x61));
        },
        cancel: () => {
          isStopped = true;
        },
      });
      return Promise.resolve(new Response(body));
    };
    const asked = resolveProvider('https://idp.example', {
      ...{ anchors: { [ANCHOR]: { keys: [] } }, clock: () => new Date(), call },
    });
    await expect(asked).rejects.toMatchObject({ code: 'identity_provider_unavailable' });
    expect(isStopped).toBe(true);
    expect(sent).toBeLessThanOrEqual(320 * 1024);
  });
});
