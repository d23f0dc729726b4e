import type { FieldError, SubsystemLabel } from '../views.ts';

/** Sign-ins elsewhere that wait for a person's approval. */
export interface WaitingRequests {
  count: number;
  url: string;
}

/** Requests to sign in that are answered on another device. */
export interface GrantViews {
  'idp/sign-in-requests': {
    /** `bindingMessage`: '' where the client sent none. */
    requests: { name: string; bindingMessage: string; askedAt: Date; endsAt: Date; url: string }[];
  };
  'idp/sign-in-request': {
    action: string;
    for?: SubsystemLabel;
    clientName: string;
    bindingMessage: string;
    scopes: { name: string; key: string }[];
    askedAt: Date;
    endsAt: Date;
    /** The only one there is; '' where there are several, or none is needed. */
    account: string;
    accounts: { value: string; label: string; selected: boolean }[];
    hasAccount: boolean;
    /** What is still to prove before it can be approved. */
    stepUp: { key: string; url: string } | undefined;
    errors: FieldError[];
    listUrl: string;
  };
  'idp/sign-in-request-outcome': {
    kind: 'approved' | 'denied' | 'expired';
    clientName: string;
    listUrl: string;
    homeUrl: string;
  };
  /** Where an operator enters the one-time code by which they act as somebody else. */
  'idp/impersonation': {
    action: string;
    homeUrl: string;
    /** This browser is signed in to something already. */
    isTaken: boolean;
    errors: FieldError[];
  };
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
