/** `YYYY-MM` so many months before a day, as reports by month begin and end. */
export const monthsAgo =
  (months: number) =>
  (today: string): string => {
    const [year = 0, month = 0] = today.split('-').map(Number);
    return new Date(Date.UTC(year, month - 1 - months, 1)).toISOString().slice(0, 7);
  };
