import { errors } from 'oidc-provider';
import '../../idp/oidc/unread-stacks.ts';

const FRAME = /^\s+at /m;

describe('the errors that the library builds in case it needs one', () => {
  it('take no stack, and say all that they said', () => {
    const error = new errors.InvalidToken('access token not found');
    expect(error.stack).not.toMatch(FRAME);
    expect(error).toBeInstanceOf(errors.OIDCProviderError);
    expect(error).toMatchObject({
      ...{ name: 'InvalidToken', message: 'invalid_token', error: 'invalid_token', status: 401 },
      ...{
        error_description: 'invalid token provided',
        error_detail: 'access token not found',
        expose: true,
      },
    });
  });

  it('leave every other error its stack', () => {
    expect(new errors.InvalidToken('before').stack).not.toMatch(FRAME);
    for (const error of [new errors.InvalidGrant('x'), new errors.AccessDenied('x'), new Error('x')]) {
      expect(error.stack).toMatch(FRAME);
    }
    const other: { stack?: string } = {};
    Error.captureStackTrace(other);
    expect(other.stack).toMatch(FRAME);
  });
});
