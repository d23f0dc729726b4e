// Says early what the server would say anyway: the form of names, numbers and addresses.
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';

function isNationalId(text) {
  const id = text.normalize('NFKC').replace(/\s/g, '').toUpperCase();
  if (!/^[A-Z][1289A-D]\d{8}$/.test(id)) return false;
  const value = LETTERS.indexOf(id[0]) + 10;
  const second = 'ABCD'.indexOf(id[1]);
  const digits = `${second < 0 ? id[1] : second}${id.slice(2)}`;
  const sum = [8, 7, 6, 5, 4, 3, 2, 1, 1].reduce((total, weight, at) => total + weight * digits[at], 0);
  return (Math.floor(value / 10) + (value % 10) * 9 + sum) % 10 === 0;
}

const CHECKS = {
  'login-name': (text) => /^[A-Za-z][A-Za-z0-9_.-]{5,29}$/.test(text) && !/^[A-Za-z][12]\d{8}$/.test(text),
  'national-id': isNationalId,
  landline: (text) => /^0\d{1,3}-\d{5,8}(#\d{1,6})?$/.test(text),
  mobile: (text) => /^09\d{2}-\d{6}$/.test(text),
  email: (text) => /^[^\s@]+@[^\s@]+\.[A-Za-z]{2,}$/.test(text),
};

/** Whether what is typed has the wrong form for its field; what is missing is another matter. */
export function hasWrongForm(field) {
  const text = field.value.trim().normalize('NFKC');
  return text !== '' && field.dataset.check !== undefined && !CHECKS[field.dataset.check](text);
}
