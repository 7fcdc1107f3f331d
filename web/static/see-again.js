// Counts down the seconds for which the code can be seen again, and removes the link to it at their end.
const ends = new WeakMap();

function tick() {
  const now = performance.now() / 1000;
  for (const link of document.querySelectorAll("[data-see-again]")) {
    const shown = link.querySelector("[data-seconds]");
    if (!ends.has(link)) {
      ends.set(link, now + Number(shown.textContent));
    }
    const left = Math.ceil(ends.get(link) - now);
    if (left > 0) {
      shown.textContent = left;
    } else {
      const isFocused = link.contains(document.activeElement);
      link.remove();
      if (isFocused) {
        (document.querySelector("#suivi h2") ?? document.querySelector("#contenu")).focus();
      }
    }
  }
}

tick();
setInterval(tick, 500);
