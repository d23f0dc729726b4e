import { errors } from 'oidc-provider';

type Parent = new (...args: unknown[]) => errors.OIDCProviderError;

/**
 * The library builds three `InvalidToken` with each call of userinfo, in case it needs one, and each takes its stack
 * twice: together an eighth of the call. Nobody reads those stacks: what is answered and logged is the description. So
 * this class of errors is built without; every other error keeps its own.
 *
 * Once a process, since the class, and `Error.captureStackTrace` which it calls, are shared by all Providers.
 */
function omitUnreadStacks(): void {
  class WithoutStack extends (Object.getPrototypeOf(errors.InvalidToken) as Parent) {
    constructor(...args: unknown[]) {
      const limit = Error.stackTraceLimit;
      Error.stackTraceLimit = 0;
      try {
        super(...args);
      } finally {
        Error.stackTraceLimit = limit;
      }
    }
  }
  Object.setPrototypeOf(errors.InvalidToken, WithoutStack);

  const capture = Error.captureStackTrace.bind(Error);
  Error.captureStackTrace = (target: object, from?: (...args: never[]) => unknown): void => {
    if (!(target instanceof errors.InvalidToken)) capture(target, from);
  };
}

omitUnreadStacks();
