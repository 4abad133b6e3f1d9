import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../../../packages/local-aws/instance.ts";
import { freePort } from "../../../packages/local-aws/ministack/process.ts";
import { toolchain } from "../../../packages/local-aws/toolchain/env.mjs";

export interface EnforcingMiniStack {
    readonly endpoint: string;
    /** Access keys of the account's root user, who may do everything. */
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    stop(): Promise<void>;
}

/** Starts a MiniStack that enforces policies itself (`AUTH`), without a gateway and without saved state. */
export async function startEnforcingMiniStack(): Promise<EnforcingMiniStack> {
    const credentials = { accessKeyId: "AKIAROOTROOTROOTROOT", secretAccessKey: "root-of-the-test" };
    const port = await freePort();
    const dir = await mkdtemp(join(tmpdir(), "ministack-"));
    const python = process.env.MOVIE_RECOMMENDER_PYTHON ?? toolchain(root).python;
    const child: ChildProcess = spawn(python, ["-m", "ministack.app"], {
        stdio: "ignore",
        cwd: dir,
        env: {
            PATH: process.env.PATH,
            HOME: dir,
            TMPDIR: dir,
            BIND_HOST: "127.0.0.1",
            GATEWAY_PORT: String(port),
            AUTH: "true",
            IOT_MTLS_ENABLED: "0",
            SFTP_ENABLED: "0",
            LOG_LEVEL: "ERROR",
            AWS_ACCESS_KEY_ID: credentials.accessKeyId,
            AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        },
    });
    const endpoint = `http://127.0.0.1:${port}`;
    const stop = async () => {
        if (child.exitCode === null && child.signalCode === null) {
            child.kill("SIGKILL");
            await once(child, "exit");
        }
        await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    };
    for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
        const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
        if (answer?.ok) return { endpoint, credentials, stop };
        await sleep(50);
    }
    await stop();
    throw new Error("MiniStack does not start.");
}
