/** The units of the demonstration, as its accounts name them; nobody there exists. */
export const units = {
  hospital: unit('9876543210', '示範醫院', 'hospital', '10017', '10017070'),
  clinic: unit('3511170018', '示範診所', 'clinic', '10017', '10017020'),
  station: unit('2311170010', '示範衛生所', 'health_station', '10017', '10017070'),
  bureau: unit('376570300I', '基隆市衛生局', 'health_bureau', '10017', '10017070'),
};

function unit(code: string, name: string, kind: string, county: string, town: string) {
  return { code, name, kind, county, town };
}
