// Adds to dates the voter's local date and time, where they differ from those of the election's time zone.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

// By the language of the page: « Chez vous : samedi 5 décembre 2026 à 3 h 00. », or of a period « Chez vous : du … au …. »
const LANGUAGES = {
  fr: {
    locale: "fr-FR",
    date: ({ weekday, day, month, year, hour, minute }) =>
      `${weekday} ${day === "1" ? "1er" : day} ${month} ${year} à ${Number(hour)}\u00a0h\u00a0${minute}`,
    sentence: (from, until) => (until ? `Chez vous\u00a0: du ${from} au ${until}.` : `Chez vous\u00a0: ${from}.`),
  },
  en: {
    locale: "en-GB",
    date: ({ weekday, day, month, year, hour, minute }) => `${weekday} ${day} ${month} ${year} at ${hour}:${minute}`,
    sentence: (from, until) => (until ? `Where you are: from ${from} to ${until}.` : `Where you are: ${from}.`),
  },
};
const { lang, dataset } = document.documentElement;
const { locale, date, sentence } = LANGUAGES[lang] ?? LANGUAGES.fr;

function inWords(instant, timeZone) {
  const options = { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const parts = new Intl.DateTimeFormat(locale, options).formatToParts(instant);
  return date(Object.fromEntries(parts.map(({ type, value }) => [type, value])));
}

function told(place, timeZone) {
  const { localTime, localUntil } = place.dataset;
  return sentence(...[localTime, localUntil].filter(Boolean).map((instant) => inWords(new Date(instant), timeZone)));
}

export function showLocalTimes(root = document) {
  for (const place of root.querySelectorAll("[data-local-time]")) {
    const here = told(place, own);
    place.textContent = here === told(place, dataset.zone) ? "" : here;
  }
}

showLocalTimes();
