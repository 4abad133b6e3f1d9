import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../packages/local-aws/instance.ts";
import { isAlive } from "../../packages/local-aws/toolchain/lock.mjs";
import { until } from "../support/until.ts";

describe("A drill after a SIGTERM", () => {
    it("after SIGTERM, `drill:revert` stops the local AWS and removes the drill's files", async () => {
        const folder = await mkdtemp(join(tmpdir(), "ended-"));
        try {
            const drill = spawn(process.execPath, ["test/drills/drill-revert.ts"], {
                cwd: root,
                env: { ...process.env, TMPDIR: folder },
                stdio: "ignore",
            });
            const exit = once(drill, "exit");
            const ownFolder = async () => (await readdir(folder)).find((name) => name.startsWith("movie-recommender-"));
            await until("the local AWS runs", async () => {
                const own = await ownFolder();
                return own !== undefined && existsSync(join(folder, own, "daemon.json"));
            });
            const own = (await ownFolder()) ?? "";
            const { pid } = JSON.parse(await readFile(join(folder, own, "daemon.json"), "utf8"));
            assert.ok(isAlive(pid));
            drill.kill("SIGTERM");
            assert.deepEqual(await exit, [143, null]);
            assert.ok(!isAlive(pid), "the local AWS runs on");
            assert.equal(await ownFolder(), undefined);
        } finally {
            await rm(folder, { recursive: true, force: true });
        }
    });
});
