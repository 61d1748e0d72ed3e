// Behaviour of every page: select boxes that can be searched, also in parts that htmx swaps in.
function enrich(root) {
  for (const box of root.querySelectorAll("select[data-searchable]")) {
    if (box.tomselect) continue;
    // A choice closes the list at once: a late refresh would open it again over what lies below.
    const chosen = function () { if (!box.multiple) this.blur(); };
    const render = { no_results: () => noResults() };
    new window.TomSelect(box, { maxOptions: 500, refreshThrottle: 0, onItemAdd: chosen, render });
  }
}

function noResults() {
  const line = document.createElement("div");
  line.className = "no-results";
  line.textContent = "没有匹配的选项";
  return line;
}

/** A select marked data-submit sends its form when a choice is made. */
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submit]")) event.target.form.requestSubmit();
});

enrich(document);
document.addEventListener("htmx:load", (event) => enrich(event.target));
document.addEventListener("htmx:responseError", () => {
  const box = document.createElement("div");
  box.className = "alert alert-danger py-2";
  box.setAttribute("role", "alert");
  box.textContent = "没有取到数据，请稍后重试或刷新页面。";
  document.getElementById("main").prepend(box);
});
