// Adds to deadlines the voter's local date and time, where they differ from those of the election's time zone.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

// By the language of the page: « Chez vous : samedi 5 décembre 2026 à 3 h 00. »
const LANGUAGES = {
  fr: {
    locale: "fr-FR",
    sentence: ({ weekday, day, month, year, hour, minute }) =>
      `Chez vous\u00a0: ${weekday} ${day === "1" ? "1er" : day} ${month} ${year} à ${Number(hour)}\u00a0h\u00a0${minute}.`,
  },
  en: {
    locale: "en-GB",
    sentence: ({ weekday, day, month, year, hour, minute }) =>
      `Where you are: ${weekday} ${day} ${month} ${year} at ${hour}:${minute}.`,
  },
};
const { lang, dataset } = document.documentElement;
const { locale, sentence } = LANGUAGES[lang] ?? LANGUAGES.fr;

function inWords(instant, timeZone) {
  const options = { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const parts = new Intl.DateTimeFormat(locale, options).formatToParts(instant);
  return sentence(Object.fromEntries(parts.map(({ type, value }) => [type, value])));
}

export function showLocalTimes(root = document) {
  for (const place of root.querySelectorAll("[data-local-time]")) {
    const instant = new Date(place.dataset.localTime);
    const here = inWords(instant, own);
    place.textContent = here === inWords(instant, dataset.zone) ? "" : here;
  }
}

showLocalTimes();
