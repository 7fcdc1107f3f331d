// Adds to deadlines the voter's local date and time, where they differ from those of Paris.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

// « samedi 5 décembre 2026 à 3 h 00 »
function wallClock(instant, timeZone) {
  const options = { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit", hourCycle: "h23" };
  const parts = new Intl.DateTimeFormat("fr-FR", options).formatToParts(instant);
  const { weekday, day, month, year, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${weekday} ${day === "1" ? "1er" : day} ${month} ${year} à ${Number(hour)}\u00a0h\u00a0${minute}`;
}

export function showLocalTimes(root = document) {
  for (const place of root.querySelectorAll("[data-local-time]")) {
    const instant = new Date(place.dataset.localTime);
    const here = wallClock(instant, own);
    place.textContent = here === wallClock(instant, "Europe/Paris") ? "" : `Chez vous\u00a0: ${here}.`;
  }
}

showLocalTimes();
