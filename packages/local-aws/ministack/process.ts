import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type MiniStackAddress, secretHeader } from "../gateway/ministack.ts";

export interface MiniStack {
    readonly port: number;
    /**
     * The port of answers.py, from which the gateway reads the owner of an access key, the actions of a call, and the
     * policies of users, groups and roles.
     */
    readonly answersPort: number;
    /** Saves MiniStack's state and stops it. */
    stop(): Promise<void>;
}

interface MiniStackOptions {
    readonly python: string;
    readonly dataDir: string;
    readonly logFile: string;
    /** The gateway's port, on which functions call AWS, because MiniStack does not support Personalize. */
    readonly gatewayPort: number;
    /** The secret of the gateway's requests. MiniStack rejects requests without the secret. */
    readonly secret: string;
    /** Whether IAM is enforced. */
    readonly enforce: boolean;
    log(message: string): void;
}

/** The deadline of a start. It applies only to a process that hangs; if the process ends, the wait ends at once. */
const startSeconds = 90;
const restartsAllowed = 5;

type Ports = Pick<MiniStack, "port" | "answersPort">;

/**
 * Starts MiniStack on free loopback ports with a clean environment, and restarts it when it ends. Until MiniStack
 * answers for the first time, each restart uses other ports, because another process may use the previous ones.
 * @throws Error with the end of the log if MiniStack does not answer in time
 */
export async function startMiniStack(options: MiniStackOptions): Promise<MiniStack> {
    let ports = await choosePorts(options);
    let stopping = false;
    let answered = false;
    let restarts = 0;
    let child = launch(options, ports);
    let missing: Error | undefined;
    const watch = () => {
        child.once("error", (error) => {
            missing = error;
        });
        child.once("exit", async (code, signal) => {
            if (!stopping && restarts++ < restartsAllowed) {
                options.log(`MiniStack ended unexpectedly (${signal ?? `exit ${code}`}); starting it again`);
                if (!answered) ports = await choosePorts(options);
                if (stopping) return;
                child = launch(options, ports);
                watch();
            } else if (!stopping) {
                options.log(
                    `MiniStack ended ${restarts} times and is not started again. See its log: ${options.logFile}`,
                );
            }
        });
    };
    watch();
    try {
        await untilAnswering(
            () => ({ port: ports.port, secret: options.secret }),
            () => restarts > 2 || missing !== undefined,
        );
        answered = true;
    } catch {
        stopping = true;
        child.kill("SIGKILL");
        if (missing) {
            throw new Error(
                `${options.python} cannot be run (${missing.message}). Install it again: rm -r .tools/python`,
            );
        }
        throw new Error(
            `MiniStack does not start. The end of its log (${options.logFile}):\n${readLogEnd(options.logFile)}`,
        );
    }
    return {
        ...ports,
        async stop() {
            stopping = true;
            if (child.exitCode === null && child.signalCode === null) {
                const exit = new Promise((resolve) => child.once("exit", resolve));
                child.kill("SIGTERM");
                await Promise.race([exit, sleep(5000, undefined, { ref: false }).then(() => child.kill("SIGKILL"))]);
            }
        },
    };
}

async function choosePorts({ gatewayPort }: MiniStackOptions): Promise<Ports> {
    const port = await freePort({ except: [gatewayPort] });
    return { port, answersPort: await freePort({ except: [gatewayPort, port] }) };
}

const readLogEnd = (file: string) => readFileSync(file, "utf8").trim().split("\n").slice(-3).join("\n");

function launch(options: MiniStackOptions, ports: Ports): ChildProcess {
    const { python, dataDir, logFile, gatewayPort, secret, enforce } = options;
    mkdirSync(join(dataDir, "tmp"), { recursive: true });
    // MiniStack wraps functions in CommonJS. This package.json prevents Node.js from loading the wrapper as an ES
    // module.
    writeFileSync(join(dataDir, "tmp", "package.json"), "{}\n");
    const out = openSync(logFile, "a");
    const child = spawn(python, ["-u", join(import.meta.dirname, "run.py")], {
        stdio: ["pipe", out, out],
        // Functions inherit this environment, so it contains only variables that they may read.
        env: {
            // Functions run on the first `node` in PATH, so the project's Node.js comes first.
            PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
            HOME: process.env.HOME,
            TMPDIR: join(dataDir, "tmp"),
            BIND_HOST: "127.0.0.1",
            // Not GATEWAY_PORT: that port would be part of each queue's key, and a start on another port would lose the queues.
            EDGE_PORT: String(ports.port),
            PERSIST_STATE: "1",
            STATE_DIR: join(dataDir, "state"),
            S3_PERSIST: "1",
            S3_DATA_DIR: join(dataDir, "s3"),
            IOT_MTLS_ENABLED: "0",
            SFTP_ENABLED: "0",
            LOG_LEVEL: "WARNING",
            // Without this variable, Python writes compiled modules into the clone.
            PYTHONDONTWRITEBYTECODE: "1",
            AWS_ENDPOINT_URL: `http://127.0.0.1:${gatewayPort}`,
            ANSWERS_PORT: String(ports.answersPort),
            ...(enforce && { AUTH: "true" }),
        },
    });
    // Send the secret through standard input, because other processes can read arguments and environment variables.
    child.stdin?.on("error", () => {}).write(`${secret}\n`);
    closeSync(out);
    return child;
}

async function untilAnswering(address: () => MiniStackAddress, hopeless: () => boolean): Promise<void> {
    const giveUp = Date.now() + startSeconds * 1000;
    while (Date.now() < giveUp && !hopeless()) {
        const { port, secret } = address();
        const headers = { [secretHeader]: secret };
        const answer = await fetch(`http://127.0.0.1:${port}/_ministack/health`, { headers }).catch(() => undefined);
        if (answer?.ok) {
            return;
        }
        await sleep(50);
    }
    throw new Error("no answer");
}

/**
 * Returns a free loopback port outside `except`. Does not let the operating system choose the port, because the system
 * would choose one from the range that it also uses for outgoing connections. Another process may take the port before
 * the caller uses it. The range starts after 10080, the last port that `fetch` and browsers refuse
 * (https://fetch.spec.whatwg.org/#bad-port).
 */
export async function freePort({
    except = [],
    from = 10_081,
    to = 30_000,
}: {
    readonly except?: readonly number[];
    readonly from?: number;
    readonly to?: number;
} = {}): Promise<number> {
    for (;;) {
        const port = randomInt(from, to);
        if (!except.includes(port) && (await isFree(port))) {
            return port;
        }
    }
}

function isFree(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const server = createServer();
        server.once("error", () => resolve(false));
        server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
}
