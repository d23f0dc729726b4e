/** Accounts at the providers of institutions. */
interface LinkRow {
  provider: string;
  /** What the provider says of the account there: name, address. */
  known: string[];
  linkedAt: Date;
  lastUsedAt?: Date;
  /** Its provider is in use. */
  active: boolean;
  removalUrl: string;
}

export interface FederationViews {
  'idp/institution': {
    action: string;
    named: string;
    /** Something was named: say what was found. */
    asked: boolean;
    /** None: whatever is typed is only looked for. */
    errors: [];
    institutions: { label: string; url: string }[];
    backUrl: string;
  };
  'idp/upstream-unlinked': {
    provider: string;
    known: string[];
    /** Where one signs in here and links. */
    linkUrl: string;
    /** Begins an application with what the provider says. */
    enrollAction: string;
    backUrl: string;
  };
  'idp/links': {
    links: LinkRow[];
    offers: { name: string; url: string; wanted: boolean }[];
    securityUrl: string;
  };
  'idp/link-confirmation': {
    action: string;
    provider: string;
    known: string[];
    /** Whose account here. */
    personName: string;
    loginName: string;
    backUrl: string;
  };
  'idp/link-removal': LinkRow & { backUrl: string };
}
