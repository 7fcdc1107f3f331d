// The countdown to the close of the vote, by the minute, from the time left that the server gave.
const view = document.querySelector("[data-countdown]");

if (view) {
  const start = Date.now();
  const left = Number(view.dataset.left);
  const parts = [
    ["days", 1440, Infinity],
    ["hours", 60, 24],
    ["minutes", 1, 60],
  ];

  const show = () => {
    const minutes = Math.max(0, left - Math.floor((Date.now() - start) / 60_000));
    for (const [name, size, wrap] of parts) {
      const count = Math.floor(minutes / size) % wrap;
      view.querySelector(`[data-${name}]`).textContent = count;
      const word = view.querySelector(`[data-${name}-word]`);
      word.textContent = word.dataset.words.split("|")[Math.min(count, 2)];
    }
  };

  setInterval(show, 5_000);
}
