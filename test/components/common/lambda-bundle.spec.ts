import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBundle, bundleText } from "../../../components/common/lambda-bundle.ts";

const root = join(import.meta.dirname, "../../..");

describe("the code of a function", () => {
    it("is the same in another clone, holds no path of this machine, and is less than 1.3 MB", async () => {
        const clone = await mkdtemp(join(tmpdir(), "another-clone-"));
        try {
            for (const part of ["app", "components", "config", "cost", "data-prep", "personalize", "package.json"]) {
                await cp(join(root, part), join(clone, part), { recursive: true });
            }
            await symlink(join(root, "node_modules"), join(clone, "node_modules"));
            for (const name of ["cost-guard", "notifier", "prefetch", "recommendation-api"]) {
                const program = `import { buildBundle, bundleText } from "./components/common/lambda-bundle.ts"; process.stdout.write(bundleText("${name}"));`;
                const there = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
                    cwd: clone,
                    maxBuffer: 4e6,
                }).toString();
                const here = buildBundle(name).text;
                assert.equal(there, here, name);
                assert.ok(here.length > 1000 && here.length < 1.3e6, `${here.length}`);
                assert.ok(!here.includes(root) && !here.includes("node_modules/"), name);
                // Node can read it: names of banner and minifier do not collide.
                const file = join(clone, `${name}.mjs`);
                await writeFile(file, here);
                execFileSync(process.execPath, ["--check", file]);
            }
        } finally {
            await rm(clone, { recursive: true, force: true });
        }
    });

    it("comes from a cache until a source changes", async () => {
        const cached = bundleText("notifier");
        assert.equal(cached, buildBundle("notifier").text);
        const file = join(root, "node_modules/.cache/movie-recommender/functions/notifier.json");
        const kept = JSON.parse(await readFile(file, "utf8")) as ReturnType<typeof buildBundle>;
        assert.equal(kept.text, cached);
        assert.ok("app/functions/notifier/handler.ts" in kept.sources && "package-lock.json" in kept.sources);
        const other = {
            text: "of other sources",
            sources: { ...kept.sources, "app/functions/notifier/handler.ts": "" },
        };
        await writeFile(file, JSON.stringify(other));
        assert.equal(bundleText("notifier"), cached);
    });
});
