// Copies the locked third-party browser files into src/jiqun/web/static/vendor and writes versions.json.
// Run `npm run vendor` here after a change of package.json; tests/web/test_vendor.py checks the hashes.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const target = join(here, "..", "src", "jiqun", "web", "static", "vendor");
const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8"));
const wanted = JSON.parse(readFileSync(join(here, "vendor.json"), "utf8"));

/** Source maps are not shipped, so the comment that names one would be a broken link. */
function withoutSourceMap(text) {
  return text.replace(/\n?(\/\/# sourceMappingURL=.*|\/\*# sourceMappingURL=.*?\*\/)\s*$/u, "\n");
}

function write(path, text) {
  const full = join(target, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return { path, sha256: createHash("sha256").update(text).digest("hex") };
}

/** One <symbol> for each icon, so that a page draws it by <use href="sprite.svg#name">. */
function sprite(packageName, names) {
  const symbols = [...names].sort().map((name) => {
    const svg = readFileSync(join(modules, packageName, "icons", "outline", `${name}.svg`), "utf8");
    const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    const drawn = shapes.replace(/\s*\n\s*/gu, "").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" `
      + `stroke-linecap="round" stroke-linejoin="round">${drawn}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

rmSync(target, { recursive: true, force: true });
const packages = Object.entries(wanted.packages).map(([name, { folder, files, icons }]) => {
  const locked = lock.packages[`node_modules/${name}`];
  const written = Object.entries(files).map(([from, to]) =>
    write(`${folder}/${to}`, withoutSourceMap(readFileSync(join(modules, name, from), "utf8"))));
  if (icons) written.push(write(`${folder}/sprite.svg`, sprite(name, icons)));
  return { name, version: locked.version, licence: locked.license, integrity: locked.integrity, files: written };
});
writeFileSync(join(target, "versions.json"), `${JSON.stringify({ packages }, null, 2)}\n`);
console.log(packages.map((p) => `${p.name} ${p.version}: ${p.files.length} files`).join("\n"));
