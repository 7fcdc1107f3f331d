// Adds to deadlines the voter's local time, where it differs from the time of Paris.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

function wallClock(instant, timeZone) {
  return new Intl.DateTimeFormat("fr-FR", { timeZone, weekday: "long", hour: "numeric", minute: "2-digit" }).format(instant);
}

export function showLocalTimes(root = document) {
  for (const place of root.querySelectorAll("[data-local-time]")) {
    const instant = new Date(place.dataset.localTime);
    const here = wallClock(instant, own);
    place.textContent = here === wallClock(instant, "Europe/Paris") ? "" : `Chez vous\u00a0: ${here.replace(/0?(\d+):/, "$1\u00a0h\u00a0")}.`;
  }
}

showLocalTimes();
