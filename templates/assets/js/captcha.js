// A new captcha without leaving the page, and one button instead of the browser's player.
const box = document.querySelector('[data-captcha]');
const image = box.querySelector('img');
const audio = box.querySelector('audio');
const renew = box.querySelector('[data-captcha-new]');
const play = box.querySelector('[data-captcha-play]');
const field = document.getElementById('captcha');

audio.hidden = true;
play.hidden = false;
play.addEventListener('click', () => void listen());
renew.addEventListener('click', (event) => {
  event.preventDefault();
  void draw();
});

async function listen() {
  audio.currentTime = 0;
  await audio.play().catch(() => (audio.hidden = false));
  field.focus();
}

async function draw() {
  renew.disabled = true;
  try {
    const account = renew.form.elements.account?.value ?? '';
    const answer = await fetch(renew.formAction, { method: 'POST', body: new URLSearchParams({ account }) });
    if (!answer.ok) throw new Error('no new captcha');
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    image.src = addressOf(page, 'img');
    audio.src = addressOf(page, 'audio');
    field.value = '';
    field.focus();
    box.querySelector('[data-captcha-said]').textContent = renew.dataset.done;
  } catch {
    location.reload(); // the sign-in may have expired: the page itself says so
  } finally {
    renew.disabled = false;
  }
}

function addressOf(page, element) {
  return page.querySelector(`[data-captcha] ${element}`).getAttribute('src');
}
