import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { environment } from "../../packages/local-aws/instance.ts";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import type { TestAws } from "./local-aws.ts";
import { findOrphans, startedBy } from "./orphans.ts";

/** How a command is interrupted: by Ctrl-C twice, by `kill -9` of the engine, or by errors of the service. */
export type Stop = "ctrl-c" | "kill" | "failure";

/** Milliseconds by which the response of the call is delayed, so that the interruption comes before the response. */
const heldMilliseconds = 20_000;
const settleMilliseconds = 1500;

/**
 * Runs an engine command and interrupts it at the `call`-th call of a Personalize operation, after the service has
 * accepted the call and before the engine receives the response. With `failure`, the service instead rejects this call
 * and all later ones of the operation.
 * @returns whether the command was interrupted; false if it ended without this call
 * @throws AssertionError if a process that the engine started still runs three seconds after the engine
 */
export async function interrupted(
    aws: TestAws,
    command: "up" | "destroy",
    at: { readonly operation: string; readonly call?: number; readonly stop: Stop },
): Promise<boolean> {
    const { operation, call = 1, stop } = at;
    const admin = createAdmin(aws.instance);
    const before = (await admin.requests()).at(-1)?.id ?? 0;
    const effect =
        stop === "failure"
            ? { kind: "error", code: "LimitExceededException", message: "A limit of this account.", status: 400 }
            : { kind: "latency", milliseconds: heldMilliseconds, when: "after" };
    await admin.arm({ operation, call, times: stop === "failure" ? 1000 : 1, effect });
    const engine = spawn("pulumi", aws.engineArgs(command), {
        cwd: aws.instance.root,
        env: environment(aws.instance),
        stdio: "ignore",
        // Start another process group, so that the engine does not receive the test's signals.
        detached: true,
    });
    const exit = once(engine, "exit");
    const calls = async () =>
        (await admin.requests(before)).filter(
            (one) => one.operation === operation && (stop === "failure" || one.outcome === "accepted"),
        );
    try {
        while (engine.exitCode === null && engine.signalCode === null && (await calls()).length < call) await sleep(10);
        const struck = (await calls()).length >= call;
        if (stop !== "failure" && engine.exitCode === null) {
            const started = startedBy(engine.pid ?? 0);
            if (stop === "ctrl-c") {
                engine.kill("SIGINT");
                await sleep(settleMilliseconds);
                engine.kill("SIGINT");
            } else {
                // Wait until operations on other resources have ended, so that the kill interrupts only one call.
                const last = Date.now() + heldMilliseconds - 2 * settleMilliseconds;
                for (let quiet = 0; quiet < settleMilliseconds && Date.now() < last; quiet += 100) {
                    await sleep(100);
                    if ((await aws.pendingOperations().catch(() => 2)) > 1) quiet = 0;
                }
                engine.kill("SIGKILL");
            }
            await exit;
            assert.deepEqual(await findOrphans(started), [], "processes of the interrupted engine still run");
        }
        await exit;
        return struck;
    } finally {
        await admin.clear();
        if (stop === "kill") await aws.pulumi("cancel", "--yes");
    }
}
