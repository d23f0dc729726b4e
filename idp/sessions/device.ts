/** What a browser says it is, as far as a person needs it to recognise a device. Order matters: most lie a little. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\/|\bEdgiOS\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\b(Headless)?Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: [RegExp, string][] = [
  [/\biPad\b/, 'iPad'],
  [/\biPhone\b/, 'iPhone'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

export interface Device {
  browser: string | undefined;
  system: string | undefined;
}

/** Reads a User-Agent header, which may be anything. */
export function readDevice(userAgent: string | null): Device {
  const text = userAgent ?? '';
  const find = (table: [RegExp, string][]): string | undefined =>
    table.find(([pattern]) => pattern.test(text))?.[1];
  return { browser: find(BROWSERS), system: find(SYSTEMS) };
}
