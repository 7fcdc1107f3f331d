// Counts down the seconds until another message may be asked for, and disables the buttons that ask for it until then.
export function startWaits(root = document) {
  root.querySelectorAll("[data-wait]").forEach(start);
}

function start(place) {
  const end = performance.now() + 1000 * Number(place.dataset.wait);
  const shown = place.querySelector("[data-wait-left]");
  const { second, seconds } = place.dataset; // in the language of the page
  const buttons = place.closest("main").querySelectorAll("[data-waits]");
  const enable = (isEnabled) => buttons.forEach((button) => {
    button.disabled = !isEnabled;
  });

  const tick = () => {
    if (!place.isConnected) { // the follow-up page has replaced it
      clearInterval(ticking);
      return;
    }
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left > 0) {
      shown.textContent = (left > 1 ? seconds : second).replace("{count}", left);
      return;
    }
    clearInterval(ticking);
    enable(true);
    place.setAttribute("role", "status");
    place.textContent = place.dataset.waitOver;
  };

  enable(false);
  place.hidden = false;
  const ticking = setInterval(tick, 250);
  tick();
}

startWaits();
