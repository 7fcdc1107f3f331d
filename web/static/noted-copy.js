// « Tapez ce que vous avez noté »: compares it with the secret on the page, and sends nothing.
// Without this script the server compares (web/presenters/noted_copy.py), with the same sentences,
// which the form has in the language of the page.
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
    const sentence = compared(groups, [...(caseCounts ? noted : noted.toUpperCase())], form.dataset);
    const isRight = sentence === form.dataset.right;
    result.textContent = sentence;
    result.className = isRight ? "fr-valid-text" : "fr-error-text";
    result.hidden = false;
    field.setAttribute("aria-invalid", String(!isRight));
    announce.textContent = sentence;
  });
}

function compared(groups, noted, texts) {
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
    return texts.empty;
  }
  if (excess === 0) {
    return wrong.length === 0 ? texts.right : wrongGroups(wrong, texts);
  }
  // The groups after a character that is missing or in excess differ too, and say nothing.
  return [...wrong.slice(0, 1).map((number) => wrongGroup(number, texts)), wrongLength(excess, texts)].join(" ");
}

function wrongGroups(wrong, texts) {
  return wrong.length === 1
    ? wrongGroup(wrong[0], texts)
    : texts.groups.replace("{first}", wrong.slice(0, -1).join(", ")).replace("{last}", wrong.at(-1));
}

function wrongGroup(number, texts) {
  return number === 1 ? texts.firstGroup : texts.group.replace("{number}", number);
}

function wrongLength(excess, texts) {
  const count = Math.abs(excess);
  const sentence = excess > 0 ? (count > 1 ? texts.excesses : texts.excess) : (count > 1 ? texts.missings : texts.missing);
  return sentence.replace("{count}", count);
}
