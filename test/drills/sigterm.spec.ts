import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../packages/local-aws/instance.ts";
import { isAlive } from "../../packages/local-aws/toolchain/lock.mjs";

describe("`drill:abuse` after a SIGTERM", () => {
    it("after SIGTERM, `drill:abuse` stops the local AWS and removes the drill's files", async () => {
        const folder = await mkdtemp(join(tmpdir(), "ended-"));
        try {
            const drill = spawn(process.execPath, ["test/drills/drill-abuse.ts"], {
                cwd: root,
                env: { ...process.env, TMPDIR: folder },
                stdio: ["ignore", "ignore", "pipe"],
            });
            const exit = once(drill, "exit");
            drill.stderr.setEncoding("utf8");
            await new Promise<void>((started) => {
                drill.stderr.on("data", (text: string) => /previews with the page/.test(text) && started());
            });
            const own = (await readdir(folder)).find((name) => name.startsWith("movie-recommender-")) ?? "";
            const { pid } = JSON.parse(await readFile(join(folder, own, "daemon.json"), "utf8"));
            assert.ok(isAlive(pid));
            drill.kill("SIGTERM");
            assert.deepEqual(await exit, [143, null]);
            assert.ok(!isAlive(pid), "the local AWS runs on");
            assert.deepEqual(
                (await readdir(folder)).filter((name) => name.startsWith("movie-recommender-")),
                [],
            );
        } finally {
            await rm(folder, { recursive: true, force: true });
        }
    });
});
