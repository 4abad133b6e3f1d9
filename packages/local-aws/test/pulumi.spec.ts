import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../instance.ts";

/** A program that exits with 3 on SIGTERM. The engine also exits with its own exit code on a signal. */
const command = `process.on("SIGTERM", () => process.exit(3)); console.log("ready"); setInterval(() => {}, 1000);`;

const runner = `
    import { run } from ${JSON.stringify(join(root, "packages", "local-aws", "pulumi.ts"))};
    import { defaultInstance } from ${JSON.stringify(join(root, "packages", "local-aws", "instance.ts"))};
    const { exitCode } = await run(defaultInstance({}), process.execPath, ["-e", ${JSON.stringify(command)}], "terminal");
    process.exit(exitCode);
`;

describe("The function `run` with a command and a signal", () => {
    it("`run` passes SIGTERM on and returns the command's exit code", async () => {
        const caller = spawn(process.execPath, ["--input-type=module", "-e", runner], {
            stdio: ["ignore", "pipe", "inherit"],
        });
        await once(caller.stdout, "data");
        caller.kill("SIGTERM");
        const [code, signal] = await once(caller, "exit");
        assert.deepEqual({ code, signal }, { code: 3, signal: null });
    });
});
