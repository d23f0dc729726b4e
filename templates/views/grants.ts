import type { FieldError, SubsystemLabel } from '../views.ts';

/** Requests to sign in that are answered on another device. */
export interface GrantViews {
  'idp/device': {
    action: string;
    xsrf: string;
    /** As it was typed or came with the address. */
    userCode: string;
    /** It came with the address: the person compares it with what the device shows. */
    given: boolean;
    errors: FieldError[];
    homeUrl: string;
  };
  'idp/device-confirmation': {
    action: string;
    xsrf: string;
    userCode: string;
    for?: SubsystemLabel;
    clientName: string;
    scopes: { name: string; key: string }[];
    /** From where and when the device asked. */
    ip: string;
    at: Date;
  };
  'idp/device-outcome': {
    kind: 'approved' | 'denied' | 'expired' | 'used';
    /** '' where it is not known. */
    clientName: string;
    againUrl: string;
    homeUrl: string;
  };
}
