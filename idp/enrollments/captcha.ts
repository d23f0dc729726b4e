import type Router from '@koa/router';
import type { Context, RequestState } from '#kit/http/context.ts';
import { sendMedia } from '#kit/http/send-media.ts';
import { type CaptchaDeps, captchaImage, captchaSpeech } from '../authenticators/index.ts';
import type { EnrollmentDeps } from './deps.ts';

export function captchaDeps({ db, keyring, newCaptchaAnswer, voices }: EnrollmentDeps): CaptchaDeps {
  return { db, keyring, newAnswer: newCaptchaAnswer, voices };
}

/** `nonce` keeps the browser from showing an old captcha under the same address; it means nothing else. */
export function captchaUrls(
  base: string,
  nonce: string,
): { captchaImageUrl: string; captchaAudioUrl: string; newCaptchaUrl: string } {
  return {
    captchaImageUrl: `${base}/captcha.png?v=${nonce}`,
    captchaAudioUrl: `${base}/captcha.wav?v=${nonce}`,
    newCaptchaUrl: `${base}/captcha`,
  };
}

/** The captcha seen and heard. `nameOf` names the browser's open one, or undefined when it has none. */
export function captchaRoutes(
  router: Router<RequestState>,
  deps: EnrollmentDeps,
  nameOf: (ctx: Context) => Promise<string | undefined>,
): void {
  router.get('/captcha.png', async (ctx) => {
    const name = await nameOf(ctx);
    const image = name === undefined ? undefined : await captchaImage(captchaDeps(deps), name, deps.clock());
    sendMedia(ctx, 'image/png', image);
  });
  router.get('/captcha.wav', async (ctx) => {
    const name = await nameOf(ctx);
    const { locale } = ctx.state;
    const speech =
      name === undefined ? undefined : await captchaSpeech(captchaDeps(deps), name, locale, deps.clock());
    sendMedia(ctx, 'audio/wav', speech);
  });
}
