// Shows, while the voter types, which rules the password satisfies; the server checks all of them again.
const KINDS = { lowercase: /\p{Ll}/u, uppercase: /\p{Lu}/u, digit: /\p{Nd}/u, special: /[\p{P}\p{S}]/u };
const form = document.querySelector("[data-new-password]");
const [password, again] = form.querySelectorAll("input[type=password]");
const status = form.querySelector("[data-password-status]");
const box = form.querySelector("[data-password-show]");

function satisfies(rule, text) {
  if (rule !== "length") return KINDS[rule].test(text);
  const length = [...text].length;
  return length >= Number(form.dataset.minLength) && length <= Number(form.dataset.maxLength);
}

function check() {
  const text = password.value.normalize("NFC");
  const rules = [...form.querySelectorAll("[data-rule]")];
  let satisfied = 0;
  for (const rule of rules) {
    const isSatisfied = satisfies(rule.dataset.rule, text);
    satisfied += isSatisfied ? 1 : 0;
    rule.querySelector("[data-rule-state]").textContent = isSatisfied ? form.dataset.satisfied : "";
  }
  const same = again.value && again.value === password.value ? ` ${form.dataset.same}` : "";
  // In the language of the page: for none, one and more.
  const counts = form.dataset.counts.split("|");
  const summary = counts[Math.min(satisfied, 2)].replace("{count}", satisfied).replace("{total}", rules.length) + same;
  if (status.textContent !== summary) status.textContent = summary;
}

form.addEventListener("input", check);
box.closest("[hidden]").hidden = false;
box.addEventListener("change", () => {
  password.type = again.type = box.checked ? "text" : "password";
});
// A password that is shown is sent as a password, or browsers would offer to remember it as text.
form.addEventListener("submit", () => {
  password.type = again.type = "password";
});
