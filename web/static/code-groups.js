// Shows what is typed into the field of a code in groups, as codes are shown. The server ignores these spaces.

// What groups the characters and does not count: spaces, dashes, what cannot be seen.
export const bare = (text) => text.normalize("NFC").replace(/[\s\p{Pd}\p{Cf}\u2212]/gu, "");

const grouped = (text, size) => (bare(text).match(new RegExp(`.{1,${size}}`, "gu")) ?? []).join(" ");

// Where the caret stands once `count` characters of the code are before it; `after` the space, if one follows them.
function caretAt(text, count, after) {
  let place = 0;
  for (let seen = 0; seen < count; place += 1) {
    seen += text[place] === " " ? 0 : 1;
  }
  return after && text[place] === " " ? place + 1 : place;
}

function regroup(field, event) {
  // Neither while a keyboard composes a word, nor what undo or redo has just brought back.
  if (event.isComposing || event.inputType?.startsWith("history")) {
    return;
  }
  const text = grouped(field.value, Number(field.dataset.groupSize));
  if (text === field.value) {
    return;
  }
  const count = bare(field.value.slice(0, field.selectionStart)).length;
  // An edit as if by the keyboard, so that undo takes it back; setting the value would empty the list of what can be undone.
  field.setSelectionRange(0, field.value.length);
  if (!document.execCommand("insertText", false, text)) {
    field.value = text;
  }
  const caret = caretAt(text, count, event.inputType === "deleteContentForward");
  field.setSelectionRange(caret, caret);
}

for (const field of document.querySelectorAll("[data-group-size]")) {
  field.addEventListener("input", (event) => regroup(field, event));
  field.addEventListener("compositionend", (event) => regroup(field, event));
}
