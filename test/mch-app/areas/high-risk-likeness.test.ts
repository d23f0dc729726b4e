import { bandsOf, likeness, normalise } from '#mch/areas/high-risk/text-likeness.ts';

const TEXT =
  '今日上午十時電訪個案，孕期二十八週，表示近日胎動正常，無出血及腹痛，已依約完成產檢，血壓與血糖數值穩定。衛教早產徵兆與緊急就醫時機，個案可正確複述，先生陪同支持良好，約定兩週後再次聯繫。';

const shared = (one: string, other: string): number => {
  const bands = new Set(bandsOf(one));
  return bandsOf(other).filter((band) => bands.has(band)).length;
};

/** Letters at even distances changed into others. */
function changed(text: string, count: number): string {
  const letters = Array.from(text);
  for (let at = 0; at < count; at += 1) letters[Math.floor((at * letters.length) / count)] = '變';
  return letters.join('');
}

describe('how alike two texts are', () => {
  it('compares letters and digits, in one width and case', () => {
    expect(normalise('ＡＢＣ　１２３，，ok!').join('')).toBe('abc123ok');
    expect(likeness('個案 A，已產檢。', '個案a已產檢')).toBe(1);
    expect(likeness('', '')).toBe(0);
  });

  it('counts the edits between them', () => {
    expect(likeness('一二三四五六七八九十', '一二三四五六七八九十')).toBe(1);
    expect(likeness('一二三四五六七八九十', '一二三四五六七八九變')).toBe(0.9);
    expect(likeness('一二三四五六七八九十', '一二三四五六七八變變')).toBe(0);
    expect(likeness('一二三四五六七八九十', '一二三四五六七八九')).toBe(0.9);
    expect(likeness('一二三四五六七八九十', '前一二三四五六七八九十')).toBeCloseTo(10 / 11);
  });

  it('finds what is nine tenths the same by its bands, and hardly ever what is not', () => {
    const length = normalise(TEXT).length;
    expect(shared(TEXT, TEXT)).toBe(32);
    expect(shared(TEXT, changed(TEXT, Math.floor(length / 10)))).toBeGreaterThan(0);
    const other =
      '到宅訪視新生兒，體重增加理想，臍帶已脫落，示範沐浴與拍嗝，母親睡眠不足情緒低落，轉介心理諮商並通知衛生所。';
    expect(shared(TEXT, other)).toBe(0);
    expect(bandsOf('，。')).toEqual([]);
    expect(bandsOf('好')).toHaveLength(32);
  });
});
