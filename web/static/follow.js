// Shows the stage of a recovery as it changes; without this script the page has its « Actualiser » button.
import { showLocalTimes } from "./local-time.js";
import { startWaits } from "./wait.js";

const view = document.querySelector("#suivi");
const announce = document.querySelector("[data-follow-announce]");
const link = document.querySelector("[data-follow-link]");
const refresh = document.querySelector("[data-follow-refresh]");

if (view && !view.querySelector("[data-final]")) {
  const events = new EventSource(view.dataset.events);

  events.addEventListener("open", () => {
    link.textContent = link.dataset.live;
    refresh.hidden = true;
  });

  events.addEventListener("error", () => {
    const over = events.readyState === EventSource.CLOSED;
    link.textContent = over ? link.dataset.stopped : link.dataset.reconnecting;
    refresh.hidden = false;
  });

  events.addEventListener("status", (event) => {
    const { announce: said, fragment } = JSON.parse(event.data);
    // The stage that the page showed when it was opened is not announced again.
    if (said !== view.firstElementChild.dataset.announce) {
      announce.textContent = said;
    }
    replace(fragment);
    if (view.querySelector("[data-final]")) {
      events.close();
      link.textContent = "";
      refresh.hidden = true;
    }
  });
}

// Keeps the keyboard focus on the same button when the content is replaced, or else in the content, on its title.
function replace(fragment) {
  const isFocused = view.contains(document.activeElement);
  const { id } = document.activeElement;
  view.innerHTML = fragment;
  showLocalTimes(view);
  startWaits(view);
  if (isFocused) {
    ((id && document.getElementById(id)) || view.querySelector("h2")).focus();
  }
}
