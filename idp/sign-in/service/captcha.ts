import type { CaptchaDeps } from '../../authenticators/index.ts';
import type { SignInDeps } from '../deps.ts';

export function captchaDeps(deps: SignInDeps): CaptchaDeps {
  return { db: deps.db, keyring: deps.keyring, voices: deps.voices, newAnswer: deps.newCaptchaAnswer };
}
