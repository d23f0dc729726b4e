/** Functions of the back office, by their places in the menu. */
export const HOME = 'admin/dashboard';
export const ACCOUNTS = 'admin/accounts';

/** Those that have a page. */
export const OFFICE_PAGES: readonly string[] = [
  HOME,
  `${ACCOUNTS}/staff`,
  `${ACCOUNTS}/units`,
  `${ACCOUNTS}/logins`,
  `${ACCOUNTS}/reinstatement`,
  `${ACCOUNTS}/review-history`,
  `${ACCOUNTS}/review`,
  `${ACCOUNTS}/permission-requests`,
];
