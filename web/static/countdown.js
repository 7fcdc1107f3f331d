// The countdown to the close of the vote, by the minute, from the time left that the server gave.
const view = document.querySelector("[data-countdown]");

if (view) {
  const start = Date.now();
  const left = Number(view.dataset.left);
  const parts = [
    ["days", 1440, Infinity, "jour"],
    ["hours", 60, 24, "heure"],
    ["minutes", 1, 60, "minute"],
  ];

  const show = () => {
    const minutes = Math.max(0, left - Math.floor((Date.now() - start) / 60_000));
    for (const [name, size, wrap, word] of parts) {
      const count = Math.floor(minutes / size) % wrap;
      view.querySelector(`[data-${name}]`).textContent = count;
      view.querySelector(`[data-${name}-word]`).textContent = count > 1 ? `${word}s` : word;
    }
  };

  setInterval(show, 5_000);
}
