import type Provider from 'oidc-provider';
import type { Configuration } from 'oidc-provider';
import { callerAddress } from '#kit/http/request.ts';
import type { OidcContext, OidcDeps } from '../types.ts';
import { renderDeviceConfirmation, renderDeviceInput, renderDeviceOutcome } from './device-pages.ts';
import { FIRST_INTERVAL_SECONDS } from './polling.ts';

/** 20 consonants on 8 places: 34 bits that live ten minutes and may be guessed at ten times. */
const CODE = { charset: 'base-20', mask: '****-****' } as const;

/** What a page shows of the device that asks. */
export interface DeviceInfo {
  ip: string;
  at: number;
}

/** The device grant (RFC 8628) of clients whose manifest lists it. */
export function deviceFlow(
  deps: OidcDeps,
): NonNullable<NonNullable<Configuration['features']>['deviceFlow']> {
  return {
    enabled: true,
    ...CODE,
    deviceInfo: (ctx) => ({
      ip: callerAddress(ctx.req, deps.config.trustedProxyHops),
      at: deps.clock().getTime(),
    }),
    userCodeInputSource: (ctx, _form, _out, error) => renderDeviceInput(deps, ctx, error),
    userCodeConfirmSource: (ctx, _form, client, info, userCode) =>
      renderDeviceConfirmation(deps, ctx, client, info as unknown as DeviceInfo, userCode),
    successSource: (ctx) => renderDeviceOutcome(deps, ctx, 'approved'),
  };
}

/** RFC 8628 §3.2: how often the device may ask. */
export function tellInterval(provider: Provider): void {
  (provider as unknown as NodeJS.EventEmitter).on(
    'device_authorization.success',
    (_ctx: OidcContext, answer: { interval?: number }) => {
      answer.interval = FIRST_INTERVAL_SECONDS;
    },
  );
}
