// A page of something under way: its state is asked for again until nothing is left to wait for.
const EVERY_MS = 1000;

async function refresh() {
  const state = document.querySelector('[data-refresh]');
  const url = state?.dataset.refresh;
  if (!url) return;
  if (document.visibilityState === 'visible') {
    try {
      const answer = await fetch(url, { headers: { accept: 'text/html' } });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const next = answer.ok && !answer.redirected ? page.querySelector('[data-refresh]') : undefined;
      if (!next) return; // signed out, or gone: the page tells when it is next loaded
      if (next.dataset.refresh) state.replaceWith(next);
      else location.replace(url);
    } catch {
      // the line is gone for a moment
    }
  }
  setTimeout(() => void refresh(), EVERY_MS);
}

setTimeout(() => void refresh(), EVERY_MS);
