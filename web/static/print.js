// Shows the button that prints the page.
const tool = document.querySelector("[data-print-tool]");
tool.hidden = false;
tool.querySelector("[data-print]").addEventListener("click", () => window.print());
