// Buttons that print the page and copy a text: the element named by data-copy.
document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const said = button.querySelector("[data-said]") ?? button;
  try {
    await navigator.clipboard.writeText(source.textContent);
    said.textContent = "已复制";
  } catch {
    window.getSelection().selectAllChildren(source);
    said.textContent = "已选中，请按 Ctrl+C 复制";
  }
});
