// The demo's cards: the PIN is checked here and goes nowhere, as with a real one.
import { CardError } from './hca-error.js';

const PIN = '123456';

export async function signWithVirtualCard({ pin, message, tell, form }) {
  tell('card');
  if (pin !== PIN) throw new CardError(9039);
  tell('sign');
  const card = form.querySelector('#virtual-card').value;
  const answer = await fetch(form.dataset.virtual, {
    method: 'POST',
    body: new URLSearchParams({ card, message }),
  });
  if (!answer.ok) throw new CardError(9056);
  return { ...(await answer.json()), cms: '' };
}
