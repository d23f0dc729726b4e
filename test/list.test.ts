import { createKeyring } from '#kit/keyring.ts';
import { type ListDefinition, listAddress, parseList, sealCursor } from '#kit/list.ts';

const keyring = createKeyring(Buffer.alloc(32, 5).toString('base64'));
const people: ListDefinition<'name' | 'county', 'name' | 'at'> = {
  name: 'people',
  filters: { name: {}, county: { pattern: /^\d{5}$/ } },
  sorts: ['name', 'at'],
  defaultSort: 'at',
  defaultDescending: true,
};
const parse = (query: string) => parseList(people, query, keyring);

describe('what a list is asked', () => {
  it('takes its filters and order, and passes over what it does not know', () => {
    const request = parse('name=%20Lin%20&county=10017&sort=-name&page_size=1000000000&role=admin');
    expect(request).toEqual({
      filters: { name: 'Lin', county: '10017' },
      faults: [],
      sort: 'name',
      descending: true,
    });
    expect(parse('')).toMatchObject({ sort: 'at', descending: true, filters: {} });
  });

  it('says which filter cannot be right, and keeps what was typed', () => {
    expect(parse('county=Keelung')).toMatchObject({ faults: ['county'], filters: { county: 'Keelung' } });
    expect(parse(`name=${'x'.repeat(101)}`).faults).toEqual(['name']);
    expect(parse('name=a%00b').faults).toEqual(['name']);
  });

  it('F17: takes no day that the calendar does not have', () => {
    const days = { ...people, filters: { from: { isDay: true as const } } };
    const faults = (day: string) => parseList(days, `from=${day}`, keyring).faults;
    expect(faults('2026-02-28')).toEqual([]);
    for (const day of ['2026-02-30', '2026-99-99', '0000-00-00', '2026-1-1', 'today', '2026-02-28%27']) {
      expect(faults(day)).toEqual(['from']);
    }
  });

  it.each([
    ["sort=name';drop table account--"],
    ['sort=password'],
    ['name=a&name=b'],
    ['after=AAAA'],
    ['after='],
  ])('F17: refuses %s', (query) => {
    expect(() => parse(query)).toThrow(expect.objectContaining({ code: 'bad_request' }) as Error);
  });

  it('F17: takes a cursor back only for the same list, filters and order', () => {
    const request = parse('name=Lin');
    const position = { value: '2026-11-22 09:00:00.123456+08', id: '42' };
    const after = sealCursor('people', request, position, keyring);
    expect(parse(`name=Lin&after=${after}`).after).toEqual(position);
    for (const query of [
      `name=Wang&after=${after}`,
      `name=Lin&sort=name&after=${after}`,
      `after=${after}x`,
    ]) {
      expect(() => parse(query)).toThrow(expect.objectContaining({ code: 'bad_request' }) as Error);
    }
    expect(() => parseList({ ...people, name: 'units' }, `name=Lin&after=${after}`, keyring)).toThrow(
      expect.objectContaining({ code: 'bad_request' }) as Error,
    );
  });

  it('keeps its whole state in its address', () => {
    const request = parse('name=Lin&sort=name');
    expect(listAddress('/console/people', request)).toBe('/console/people?name=Lin&sort=name');
    expect(listAddress('/console/people', request, { name: '', sort: '-name' })).toBe(
      '/console/people?sort=-name',
    );
  });
});
