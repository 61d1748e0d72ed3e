// The grid of a reporting round: moving and typing as in Excel, pasting a block, saving by itself.
const table = document.getElementById("grid");
const panel = document.getElementById("cell-panel");
const saveState = document.getElementById("save-state");
const SAVE_AFTER = 500;
const BATCH = 1000;
const cells = table ? [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td")]) : [];
const editable = table?.hasAttribute("data-editable");
const waiting = new Map(); // cell id -> the text to be saved
let current = null;
let editor = null;
let timer = null;
let saving = false;
let failures = 0;

const byId = (id) => table.querySelector(`td[data-id="${id}"]`);
const shown = (cell) => cell.querySelector(".v").textContent;
const place = (cell) => {
  const row = cells.findIndex((line) => line.includes(cell));
  return [row, row < 0 ? -1 : cells[row].indexOf(cell)];
};
const csrf = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

// Selection -------------------------------------------------------------------------------------------------------

function select(cell, focus = true) {
  if (!cell) return;
  if (current) {
    current.tabIndex = -1;
    current.removeAttribute("aria-selected");
  }
  current = cell;
  cell.tabIndex = 0;
  cell.setAttribute("aria-selected", "true");
  if (focus) cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  showPanel(cell);
}

function move(rows, columns) {
  const [row, column] = place(current);
  const next = cells[Math.min(Math.max(row + rows, 0), cells.length - 1)];
  select(next[Math.min(Math.max(column + columns, 0), next.length - 1)]);
}

function step(forward) {
  const [row, column] = place(current);
  const index = row * cells[0].length + column + (forward ? 1 : -1);
  const next = cells[Math.floor(index / cells[0].length)];
  if (!next) return false;
  select(next[((index % cells[0].length) + cells[0].length) % cells[0].length]);
  return true;
}

let panelTimer = null;
function showPanel(cell, open = false) {
  clearTimeout(panelTimer);
  const phone = window.matchMedia("(max-width: 991.98px)").matches;
  if (phone && !open) return;
  panelTimer = setTimeout(() => {
    const address = table.dataset.panel.replace("/0/", `/${cell.dataset.id}/`);
    window.htmx.ajax("GET", address, { target: "#cell-panel", swap: "innerHTML" }).then(() => panel.classList.add("is-open"));
  }, open ? 0 : 250);
}

// Editing ---------------------------------------------------------------------------------------------------------

function mayEdit(cell) {
  return editable && !cell.hasAttribute("data-locked");
}

function edit(cell, text = null) {
  if (!mayEdit(cell) || editor) return;
  const options = cell.dataset.choices?.split("|");
  editor = document.createElement(options ? "select" : "input");
  if (options) for (const option of ["", ...options]) editor.add(new Option(option || "（空）", option));
  else {
    editor.type = "text";
    editor.autocomplete = "off";
    if (cell.dataset.kind === "number") editor.inputMode = "decimal";
    editor.maxLength = 400;
  }
  editor.className = "cell-editor";
  editor.setAttribute("aria-label", cell.dataset.label);
  editor.value = text ?? shown(cell).replaceAll(",", "");
  editor.dataset.before = shown(cell).replaceAll(",", "");
  cell.classList.add("is-editing");
  cell.append(editor);
  editor.focus();
  if (text === null) editor.select?.();
  editor.addEventListener("blur", () => finish(true));
}

function finish(keep) {
  if (!editor) return;
  const [box, cell] = [editor, editor.parentElement];
  editor = null;
  const text = box.value.trim();
  box.remove();
  cell.classList.remove("is-editing");
  if (keep && text !== box.dataset.before) put(cell, text);
}

function put(cell, text) {
  if (!mayEdit(cell)) return false;
  cell.querySelector(".v").textContent = text;
  cell.classList.add("is-unsaved");
  waiting.set(cell.dataset.id, text);
  say("待保存……", "busy");
  clearTimeout(timer);
  timer = setTimeout(save, SAVE_AFTER);
  return true;
}

// Saving ----------------------------------------------------------------------------------------------------------

function say(text, look = "") {
  if (!saveState) return;
  saveState.textContent = text;
  saveState.className = `save-state ${look}`;
}

async function save() {
  clearTimeout(timer);
  if (saving || !waiting.size) return;
  saving = true;
  say("正在保存……", "busy");
  const batch = [...waiting].slice(0, BATCH);
  const edits = batch.map(([id, text]) => ({ id, version: byId(id).dataset.version, text }));
  try {
    const answer = await fetch(table.dataset.save, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
      body: JSON.stringify({ edits }),
    });
    const result = await answer.json();
    if (!answer.ok) throw new Error(result.error ?? `${answer.status}`);
    for (const [id, text] of batch) if (waiting.get(id) === text) waiting.delete(id);
    failures = 0;
    apply(result);
    const wrong = Object.keys(result.faults).length + Object.keys(result.conflicts).length;
    if (wrong) say(`有 ${wrong} 个数据没有保存，见红框`, "bad");
    else if (!waiting.size) say(`已保存 ${new Date().toLocaleTimeString("zh-CN", { hour12: false })}`, "ok");
  } catch (error) {
    failures += 1;
    say(`没有保存：${error.message || "网络中断"}，稍后自动重试`, "bad");
  } finally {
    saving = false;
  }
  if (waiting.size) timer = setTimeout(save, Math.min(SAVE_AFTER * 2 ** failures, 30000));
}

function apply(result) {
  for (const state of result.cells) show(state);
  for (const [id, why] of [...Object.entries(result.faults), ...Object.entries(result.conflicts)]) {
    const cell = byId(id);
    if (!cell) continue;
    cell.classList.remove("is-unsaved");
    cell.classList.add("is-refused");
    cell.title = `没有保存：${why}`;
  }
  if (current && result.cells.some((state) => String(state.id) === current.dataset.id)) showPanel(current);
}

function show(state) {
  const cell = byId(state.id);
  if (!cell) return;
  const wait = waiting.has(String(state.id));
  cell.dataset.version = state.version;
  cell.toggleAttribute("data-locked", !state.editable);
  const selected = cell.classList.contains("is-editing") ? " is-editing" : "";
  cell.className = `${state.look}${wait ? " is-unsaved" : ""}${selected}`;
  cell.title = state.hint;
  if (!wait) cell.querySelector(".v").textContent = state.text;
  cell.querySelector(".b i").textContent = state.change;
}

// Events ----------------------------------------------------------------------------------------------------------

const KEYS = {
  ArrowUp: () => move(-1, 0),
  ArrowDown: () => move(1, 0),
  ArrowLeft: () => move(0, -1),
  ArrowRight: () => move(0, 1),
  Home: () => move(0, -1000),
  End: () => move(0, 1000),
  PageUp: () => move(-10, 0),
  PageDown: () => move(10, 0),
  Enter: () => (mayEdit(current) ? edit(current) : move(1, 0)),
  F2: () => edit(current),
  Delete: () => put(current, ""),
  Backspace: () => put(current, ""),
};

function editing(event) {
  if (event.isComposing) return;
  if (event.key === "Escape") finish(false);
  else if (event.key === "Enter") finish(true);
  else if (event.key === "Tab") finish(true);
  else if (["ArrowUp", "ArrowDown"].includes(event.key) && editor.tagName === "INPUT") finish(true);
  else return;
  if (event.key === "Tab") {
    if (step(!event.shiftKey)) event.preventDefault();
    return;
  }
  event.preventDefault();
  if (event.key === "Escape") current.focus();
  else move(event.key === "ArrowUp" ? -1 : 1, 0);
}

function pressed(event) {
  if (editor) return editing(event);
  if (!current || event.target.closest("td") !== current || event.isComposing) return;
  if (event.key === "Tab") {
    if (step(!event.shiftKey)) event.preventDefault();
  } else if (KEYS[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    KEYS[event.key]();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    edit(current, current.dataset.choices ? null : event.key);
  } else if (event.key === "Process") edit(current, "");
}

function pasted(event) {
  if (editor || !current || !editable) return;
  const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
  if (!text) return;
  event.preventDefault();
  const [top, left] = place(current);
  let refused = 0;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    for (const [j, part] of line.split("\t").entries()) {
      const cell = cells[top + i]?.[left + j];
      if (!cell || !put(cell, part.trim())) refused += 1;
    }
  }
  if (refused) say(`有 ${refused} 格超出表格或不能修改，没有粘贴`, "bad");
}

if (table) {
  table.addEventListener("keydown", pressed);
  table.addEventListener("mousedown", (event) => {
    const cell = event.target.closest("td");
    if (!cell || event.target === editor) return;
    event.preventDefault();
    finish(true);
    select(cell);
  });
  table.addEventListener("click", (event) => {
    // On a phone the right half of a cell is its value, the left half its name.
    const cell = event.target.closest("td");
    if (!cell || event.target === editor || !window.matchMedia("(max-width: 767.98px)").matches) return;
    const box = cell.getBoundingClientRect();
    if (mayEdit(cell) && event.clientX > box.left + box.width / 2) edit(cell);
    else showPanel(cell, true);
  });
  table.addEventListener("dblclick", (event) => event.target.closest("td") && edit(event.target.closest("td")));
  document.addEventListener("paste", pasted);
  document.addEventListener("copy", (event) => {
    if (editor || !current || document.activeElement !== current || !window.getSelection().isCollapsed) return;
    event.clipboardData.setData("text/plain", shown(current));
    event.preventDefault();
  });
  panel.addEventListener("click", (event) => event.target.closest("[data-close-panel]") && panel.classList.remove("is-open"));
  document.body.addEventListener("rounds:cells", (event) => apply(event.detail));
  window.addEventListener("beforeunload", (event) => (waiting.size || saving) && event.preventDefault());
  document.getElementById("submit-form")?.addEventListener("submit", async (event) => {
    if (!waiting.size && !saving) return;
    event.preventDefault();
    finish(true);
    await save();
    if (!waiting.size && !saving) event.target.requestSubmit();
    else say("还有数据没有保存，请稍后再提交", "bad");
  });
  const first = table.querySelector("td.is-returned, td.has-error") ?? cells[0]?.[0];
  if (first) {
    current = first;
    first.tabIndex = 0;
  }
  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("td");
    if (cell && cell !== current && event.target === cell) select(cell, false);
    else if (cell && cell === current && !cell.hasAttribute("aria-selected")) select(cell, false);
  });
}
document.querySelector("[data-submit-file]")?.addEventListener("change", (event) => event.target.files.length && event.target.form.requestSubmit());
document.getElementById("problems")?.focus();
