// `npm run docs` shows the documents as a site on this machine, and `npm run docs:build` writes the site into docs/site/dist.
// VitePress is installed only here, because no other command needs it.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { npmEnvironment } from "../../packages/local-aws/toolchain/packages.mjs";
import { apiPage } from "./api-page.mjs";

const folder = import.meta.dirname;
const root = join(folder, "../..");
const changed = (/** @type {string} */ name) => statSync(join(folder, name)).mtimeMs;
const installed = "node_modules/.package-lock.json";

/** Installs VitePress if needed, writes the page of the API, and runs a command of VitePress: `dev` or `build`. */
function run(/** @type {string} */ command) {
    if (!existsSync(join(folder, installed)) || changed("package-lock.json") > changed(installed)) {
        execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: folder, env: npmEnvironment(root), stdio: "inherit" });
    }
    const document = load(readFileSync(join(root, "app/api/openapi.yaml"), "utf8"));
    writeFileSync(join(folder, "api.md"), apiPage(document));
    const vitepress = join(folder, "node_modules/vitepress/bin/vitepress.js");
    return spawnSync(process.execPath, [vitepress, command, folder], { stdio: "inherit" }).status ?? 1;
}

const [command = "dev"] = process.argv.slice(2);
if (["dev", "build"].includes(command)) process.exitCode = run(command);
else
    console.log(
        "npm run docs shows the site on 127.0.0.1 until Ctrl-C. npm run docs:build writes it into docs/site/dist.",
    );
