/**
 * The words and runs that people build passwords of, as found at the top of every published list. Digits and
 * signs at the end are cut off before the comparison, so `Password2026!` is found as `password`.
 */
const WORDS =
  'password passwort passw0rd p@ssword p@ssw0rd mypassword thepassword passwordpassword changeme changemenow ' +
  'letmein letmeinnow welcome welcomeback welcometotaiwan administrator admin adminadmin rootroot superuser ' +
  'qwerty qwertyuiop qwertyuiopasdf qwertyuiopasdfgh qwertyuiopasdfghjkl asdfghjkl asdfghjklzxcvbnm zxcvbnm ' +
  '1qaz2wsx 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edcvfr4 qazwsxedc qazwsxedcrfv qazwsxedcrfvtgb q1w2e3r4t5y6 ' +
  'abcdefghijklmno abcdefghijklmnop abcdefghijklmnopqrstuvwxyz iloveyou iloveyouforever iloveyousomuch ' +
  'sunshine princess football baseball basketball superman batman dragon monkey shadow master michael jordan ' +
  'trustno1 starwars whatever computer internet hospital doctor nurse health healthcare taiwan taipei ' +
  'taiwannumberone ilovetaiwan woaini woainiwoaini 5201314 a1b2c3d4e5f6g7h8 correcthorsebatterystaple ' +
  'thisisapassword thisismypassword ihatepasswords secretsecret topsecret summer winter spring autumn';

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(WORDS.split(' '));
