// « Tapez ce que vous avez noté »: compares it with the secret on the page, and sends nothing.
// Without this script the server compares (web/presenters/noted_copy.py), with the same sentences.
import { bare } from "./code-groups.js";

const form = document.querySelector("[data-noted]");

if (form) {
  const field = form.elements.noted;
  const result = form.querySelector("[data-noted-result]");
  const announce = document.querySelector("[data-announce]");
  const caseCounts = field.dataset.caseCounts !== undefined;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const noted = bare(field.value);
    const groups = [...document.querySelectorAll("[data-secret] .code-group")].map((group) => group.textContent);
    const sentence = compared(groups, [...(caseCounts ? noted : noted.toUpperCase())]);
    const isRight = sentence.startsWith("✔");
    result.textContent = sentence;
    result.className = isRight ? "fr-valid-text" : "fr-error-text";
    result.hidden = false;
    field.setAttribute("aria-invalid", String(!isRight));
    announce.textContent = sentence;
  });
}

function compared(groups, noted) {
  const excess = noted.length - groups.join("").length;
  let place = 0;
  const wrong = [];
  groups.forEach((group, index) => {
    if (noted.slice(place, place + group.length).join("") !== group) {
      wrong.push(index + 1);
    }
    place += group.length;
  });
  if (noted.length === 0) {
    return "Tapez d’abord ce que vous avez noté.";
  }
  if (excess === 0) {
    return wrong.length === 0 ? "✔ C’est bien cela\u00a0: vous l’avez noté sans erreur." : wrongGroups(wrong);
  }
  // The groups after a character that is missing or in excess differ too, and say nothing.
  return [...wrong.slice(0, 1).map(wrongGroup), wrongLength(excess)].join(" ");
}

function wrongGroups(wrong) {
  return wrong.length === 1
    ? wrongGroup(wrong[0])
    : `Les groupes ${wrong.slice(0, -1).join(", ")} et ${wrong.at(-1)} ne correspondent pas.`;
}

function wrongGroup(number) {
  return `Le ${number}${number === 1 ? "er" : "e"} groupe ne correspond pas.`;
}

function wrongLength(excess) {
  const count = `${Math.abs(excess)}\u00a0caractère${Math.abs(excess) > 1 ? "s" : ""}`;
  return excess > 0 ? `Il y a ${count} de trop.` : `Il manque ${count}.`;
}
