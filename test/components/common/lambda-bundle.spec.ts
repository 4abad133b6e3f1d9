import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildBundle, bundleFile, lambdaBundle } from "../../../components/common/lambda-bundle.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const root = join(import.meta.dirname, "../../..");

describe("Lambda bundles", () => {
    it("Lambda bundles have under 1.4 MB, no local paths, and equal bytes everywhere", async () => {
        const clone = temporaryFolder();
        for (const part of ["app", "components", "core", "data-prep", "package.json"]) {
            await cp(join(root, part), join(clone, part), { recursive: true });
        }
        await symlink(join(root, "node_modules"), join(clone, "node_modules"));
        const names = ["cost-guard", "notifier", "prefetch", "recommendation-api"];
        const program = `import { bundleFile } from "./components/common/lambda-bundle.ts"; console.log(${JSON.stringify(names)}.map((name) => bundleFile(name)).join("\\n"));`;
        const args = ["--input-type=module", "-e", program];
        const files = execFileSync(process.execPath, args, { cwd: clone }).toString().trimEnd().split("\n");
        for (const [index, name] of names.entries()) {
            const made = files[index] ?? "";
            const there = await readFile(made, "utf8");
            const here = buildBundle(name).text;
            assert.equal(there, here, name);
            assert.ok(here.length > 1000 && here.length < 1.4e6, `${here.length}`);
            assert.ok(!here.includes(root) && !here.includes("node_modules/"), name);
            // Node.js can load the bundle: names in the banner and in the minified code do not collide.
            const file = join(clone, `${name}.mjs`);
            await writeFile(file, here);
            execFileSync(process.execPath, ["--check", file]);
        }
    });

    it("a Lambda bundle loads node:http, node:process and node:util without all their exports", () => {
        for (const name of ["notifier", "recommendation-api"]) {
            assert.doesNotMatch(buildBundle(name).text, /from"node:(http|process|util)"/, name);
        }
    });

    it("`bundleFile` uses a cached bundle until a source changes or the bundle is deleted", async () => {
        const { text } = buildBundle("notifier");
        const file = bundleFile("notifier");
        assert.equal(await readFile(file, "utf8"), text);
        const record = join(dirname(file), "notifier.json");
        const kept = JSON.parse(await readFile(record, "utf8")) as { file: string; sources: Record<string, string> };
        assert.equal(kept.file, basename(file));
        assert.ok("app/functions/notifier/handler.ts" in kept.sources && "package-lock.json" in kept.sources);
        const { mtimeMs } = await stat(record);
        assert.equal(bundleFile("notifier"), file);
        assert.equal((await stat(record)).mtimeMs, mtimeMs, "the bundle was built again");

        await writeFile(record, JSON.stringify({ ...kept, file: "other.mjs" }));
        assert.equal(bundleFile("notifier"), file, "the file of the record is gone");
        const sources = { ...kept.sources, "app/functions/notifier/handler.ts": "" };
        await writeFile(record, JSON.stringify({ ...kept, sources }));
        assert.equal(bundleFile("notifier"), file);
        assert.deepEqual(JSON.parse(await readFile(record, "utf8")), kept);
    });

    it("`lambdaBundle` stores a path relative to the project in Pulumi's state", async () => {
        const { assets } = lambdaBundle("notifier", { "tables.json": new pulumi.asset.StringAsset("{}") });
        const { "index.mjs": code, ...beside } = (await assets) as Record<string, pulumi.asset.FileAsset>;
        assert.deepEqual(Object.keys(beside), ["tables.json"]);
        const path = await code?.path;
        assert.match(path ?? "", /^node_modules\/\.cache\/movie-recommender\/functions\/notifier-[0-9a-f]{16}\.mjs$/);
    });
});
