import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { shell } from "../../terminal-text/shell.mjs";
import { toolchain } from "./env.mjs";
import { findOnPath, machinePath } from "./find.mjs";
import { recordedPreview } from "./preview.mjs";

/** A runbook's exit code if the stack does not exist. */
const NO_STACK = 6;

/** Returns a hint for a runbook that found no stack on AWS although the demo created one on the local AWS. */
function localHint(root, command, args) {
    const [, name] = /^runbooks\/(.+)\.ts$/.exec(command) ?? [];
    const local = resolve(
        root,
        process.env.MOVIE_RECOMMENDER_LOCAL_DIR || ".local",
        "pulumi/.pulumi/stacks/movie-recommender/local.json",
    );
    if (name === undefined || args.includes("--stack") || !existsSync(local)) return undefined;
    return `The demo's stack is on the local AWS. Run this there: npm run local -- ${shell(name, ...args)}\n`;
}

/** The command in messages for users whose PATH contains no Pulumi CLI: it starts the clone's CLI. */
const ownPulumi = "npm run pulumi --";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a command with the clone's tools first on PATH, and exits with its exit code or signal. A script (.ts, .js,
 * .mjs) is relative to the clone's folder and runs with the project's Node.js. Any other command comes from PATH.
 */
export function runCommand(root, command, args, { withPython }) {
    const { node, toolsDir, toolsBin, python } = toolchain(root);
    const isScript = /\.(ts|js|mjs)$/.test(command);
    const env = { ...process.env, PATH: [resolve(node, ".."), toolsBin, machinePath(root)].join(delimiter) };
    // The command gets the duration of the installation in seconds, because the demo reports it.
    env.MOVIE_RECOMMENDER_SETUP_SECONDS = (performance.now() / 1000).toFixed(1);
    // Cache compiled code: programs and plugins start often, and compilation takes a third of each start.
    env.NODE_COMPILE_CACHE ??= join(toolsDir, "compile-cache");
    if (findOnPath("pulumi", machinePath(root)) === undefined && /^(runbooks\/|data-prep\/|pulumi$)/.test(command)) {
        env.MOVIE_RECOMMENDER_PULUMI = ownPulumi;
    }
    if (withPython) env.MOVIE_RECOMMENDER_PYTHON = python;
    const preview = recordedPreview(command, args);
    Object.assign(env, preview?.env);
    const child = isScript
        ? spawn(node, [resolve(root, command), ...args], { stdio: "inherit", env })
        : spawn(command, preview?.args ?? args, { stdio: "inherit", env });

    // On a terminal, Ctrl-C reaches the whole process group. Do not send it again, because Pulumi stops at once on a
    // second signal.
    const onTerminal = process.stdin.isTTY || process.stderr.isTTY;
    const note = interruptNote(command, args, { pulumi: env.MOVIE_RECOMMENDER_PULUMI ?? "pulumi", runbook: "npm run" });
    if (note !== undefined) process.once("SIGINT", () => process.stderr.write(note));
    for (const signal of SIGNALS) {
        process.on(signal, () => {
            if (signal !== "SIGINT" || !onTerminal) child.kill(signal);
        });
    }
    child.on("error", (error) => {
        preview?.tell(root, node, env);
        const why = error.code === "ENOENT" ? "there is no such command on the PATH" : error.message;
        process.stderr.write(`${command} cannot be run: ${why}\n`);
        process.exitCode = 127;
    });
    child.on("exit", (code, signal) => {
        preview?.tell(root, node, env);
        if (signal === null) {
            process.exitCode = code;
            const hint = code === NO_STACK ? localHint(root, command, args) : undefined;
            if (hint !== undefined) process.stderr.write(hint);
            return;
        }
        process.exitCode = 128 + constants.signals[signal];
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
    });
}

const CHANGING = ["up", "update", "destroy", "down", "refresh"];

/**
 * Returns a note for a user who presses Ctrl-C while Pulumi waits for AWS; undefined for other commands. At that
 * moment, Pulumi warns of orphaned resources. This program leaves none of Personalize.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ pulumi: string, runbook: string }} callers how the caller starts Pulumi and runbooks
 * @returns {string | undefined}
 */
export function interruptNote(command, args, callers) {
    const verb = args.find((argument) => !argument.startsWith("-"));
    if (command !== "pulumi" || !CHANGING.includes(verb ?? "")) return undefined;
    return (
        "\nAWS continues to create or delete what it has begun. Nothing is lost or billed twice: " +
        `run \`${callers.pulumi} ${verb}\` again to continue.\nSee the current state: ${callers.runbook} watch-status. ` +
        "A second Ctrl-C ends the wait at once. A resource of another service than Personalize that is being created then " +
        "may be missing in Pulumi's state: the next `up` names it.\n"
    );
}
