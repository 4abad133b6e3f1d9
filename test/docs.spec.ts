import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { keys } from "../core/config/keys.ts";
import { figures, written } from "../docs/write.ts";
import { type Instance, root } from "../packages/local-aws/instance.ts";
import { run } from "../packages/local-aws/pulumi.ts";
import { programs } from "../run.mjs";
import { runbooks } from "../runbooks/runbooks.mjs";
import { bareInstance } from "./support/bare-instance.ts";
import { pages, read, scripts, sources, tracked } from "./support/sources.ts";

/** Returns the anchors of a page's headings, in GitHub's format. */
const anchorsOf = (page: string) =>
    new Set(
        [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
            heading
                .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
                .toLowerCase()
                .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
                .replaceAll(" ", "-"),
        ),
    );

describe("Pages in docs/", () => {
    it("each link in the documents leads to an existing file and heading", () => {
        const broken: string[] = [];
        const readmes = tracked.filter((file) => /^packages\/.*(README|REFERENCE)\.md$/.test(file));
        for (const page of [...pages, ...readmes]) {
            for (const [, target = ""] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
                if (/^[a-z]+:/.test(target)) continue;
                const [path = "", anchor] = target.split("#");
                const file = path === "" ? page : relative(root, join(root, dirname(page), path));
                const isThere = existsSync(join(root, file));
                const hasAnchor = anchor === undefined || (file.endsWith(".md") && anchorsOf(file).has(anchor));
                if (!isThere || !hasAnchor) broken.push(`${page}: ${target}`);
            }
        }
        assert.deepEqual(broken, []);
    });

    it("docs/README.md links to each page", () => {
        const index = read("docs/README.md");
        const names = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md") && name !== "README.md");
        assert.deepEqual(
            names.filter((name) => !index.includes(`](${name}`)),
            [],
        );
    });

    it("docs/troubleshooting.md lists at least 30 messages, and the program contains each of them", () => {
        const program = sources.map(read).join("\n").replaceAll("\\`", "`");
        const rows = [...read("docs/troubleshooting.md").matchAll(/^\| `([^`]+)` \| (.+) \| (.+) \|$/gm)];
        assert.ok(rows.length >= 30, `${rows.length} messages`);
        const absent = rows.map(([, message = ""]) => message).filter((message) => !program.includes(message));
        assert.deepEqual(absent, []);
    });

    it("`npm run docs:write` changes nothing in the committed documents", () => {
        const files = written();
        assert.ok(files.length >= 8, `${files.length} files`);
        for (const { file, text } of files) assert.equal(text, read(file), `run npm run docs:write for ${file}`);
    });

    it("each monthly price and each duration of an update in the documents is a figure of `npm run docs:write`", () => {
        const known = Object.values(figures).map((text) => text.replace(" more ", " "));
        const users = pages.filter((page) => !/emulator|CONTRIBUTING/.test(page));
        const others = users.flatMap((page) =>
            (read(page).match(/≈ \$[\d,]{2,} (?:more )?a month|\b\d+ to \d+ minutes/g) ?? [])
                .filter((text) => !known.includes(text.replace(" more ", " ")))
                .map((text) => `${page}: ${text}`),
        );
        assert.deepEqual(others, []);
    });
});

/** Text that replaces an expression in a template; it is neither an option nor a config key. */
const value = "VALUE";
const verbs = "up|preview|destroy|refresh|config|stack|cancel|import|login|state";
const command = new RegExp(
    `(?:npm run (?:-s |--silent )?(?<script>[a-z][a-z:-]*[a-z])|(?<![\\w/.@-])pulumi (?<verb>${verbs}))(?![\\w:-])` +
        String.raw`(?<rest>(?: (?:"[^"\n]*"|'[^'\n]*'|[^\s"'|;&#()\`\\]+))*)`,
    "g",
);

interface Command {
    readonly file: string;
    /** The words: `pulumi` and its arguments, or an npm script and its arguments. */
    readonly words: readonly string[];
}

/** Returns the commands in messages and documents, each with the first file that contains it. */
function printedCommands(): readonly Command[] {
    const found = new Map<string, Command>();
    for (const file of [...sources, ...pages]) {
        const text = read(file).replaceAll(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, value);
        for (const { groups: { script, verb, rest = "" } = {} } of text.matchAll(command)) {
            // A command ends with its sentence.
            const args = rest
                .trim()
                .replace(/[.,:](?: .*)?$/, "")
                .split(" ")
                .map((word) => word.replaceAll(/^["']|["']$/g, ""))
                .filter((word) => !["", "--"].includes(word));
            const words = [...(script === undefined ? ["pulumi", verb ?? ""] : [script]), ...args];
            if (!found.has(words.join(" "))) found.set(words.join(" "), { file, words });
        }
    }
    return [...found.values()];
}
const commands = printedCommands();
const ofPulumi = commands.flatMap(({ file, words }) => {
    const start = words.indexOf("pulumi");
    return start < 0 ? [] : [{ file, args: words.slice(start + 1) }];
});
const optionsOf = (words: readonly string[]) =>
    words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/=.*/, ""));

describe("Commands in messages and documents", () => {
    let instance: Instance;
    before(async () => {
        instance = await bareInstance();
    });
    after(() => rm(instance.dir, { recursive: true, force: true }));

    const helps = new Map<string, Promise<string>>();
    /** Returns the help of an npm script or of a subcommand of `local`. Starts each program once. */
    function helpOf(words: readonly string[]): Promise<string> {
        const [first = "", second = ""] = words;
        const isOfLocal = first === "local" && /^[a-z-]+$/.test(second);
        const [name = "", ...rest] = isOfLocal ? (second in scripts ? [second] : [first, second]) : [first];
        const program = /\s(\S+\.(?:ts|mjs))$/.exec(programs[name] ?? "")?.[1];
        const key = [name, ...rest].join(" ");
        const help =
            helps.get(key) ??
            (program === undefined
                ? Promise.resolve("")
                : run(instance, process.execPath, [program, ...rest, "--help"], "captured").then(
                      ({ stdout, stderr }) => stdout + stderr,
                  ));
        helps.set(key, help);
        return help;
    }

    it("each printed npm command contains a script of package.json, and options of the script's help", async () => {
        const ofScripts = commands.filter(({ words }) => !words.includes("pulumi"));
        assert.ok(ofScripts.length > 100, `${ofScripts.length} commands`);
        const faults: string[] = [];
        for (const { file, words } of ofScripts) {
            const [name = ""] = words;
            if (!(name in scripts)) faults.push(`${file}: ${name} is no script`);
            const options = optionsOf(words);
            const help = options.length > 0 ? await helpOf(words) : "";
            const missing = options.filter((option) => !help.includes(option));
            faults.push(...missing.map((option) => `${file}: ${words.join(" ")} has no option ${option}`));
        }
        assert.deepEqual(faults, []);
    });

    it("each command's `--help` prints two valid examples and the option `--version`", async () => {
        const names = Object.keys(programs).filter((name) =>
            /\s(?:runbooks|data-prep|bench|test\/drills|packages)\/\S+\.ts$/.test(programs[name] ?? ""),
        );
        assert.ok(names.length >= 25, `${names.length} programs`);
        for (const name of names) {
            const help = await helpOf([name]);
            const common = ["--version", ...(name in runbooks ? ["--stack", "--json", "--verbose"] : [])];
            for (const option of common) assert.match(help, new RegExp(`^ +${option} `, "m"), name);
            const examples = help.split("Examples:\n")[1]?.match(/^ {2}.*/gm) ?? [];
            assert.ok(examples.length >= 2, `${name}: ${examples.length} examples`);
            for (const example of examples) {
                assert.match(example, new RegExp(`^  npm run (-s )?${name}( -- (?!-- )|$)`));
                // The options of `npm run local` belong to its subcommands.
                for (const option of name === "local" ? [] : optionsOf(example.split(" "))) {
                    assert.ok(help.includes(`  ${option}`), `${name} has no ${option}`);
                }
            }
        }
    });

    it("the Pulumi CLI accepts the options of each printed pulumi command, and each config key exists", async () => {
        const shapes = new Map<string, string>();
        const faults: string[] = [];
        const known = new Set([...Object.keys(keys), "operatedStack"]);
        for (const { file, args } of ofPulumi.filter(({ args }) => !args.includes("--cwd"))) {
            const [verb = "", second = "", ...rest] = args;
            const isPair = ["config", "stack"].includes(verb) && /^[a-z]+$/.test(second);
            const options = optionsOf(args).flatMap((o) => (/^--(stack|parent|target)$/.test(o) ? [o, "dev"] : [o]));
            shapes.set([verb, ...(isPair ? [second] : []), "--help", ...options].join(" "), file);
            const [key = value] = rest.filter((word, at) => !word.startsWith("-") && rest[at - 1] !== "--stack");
            const name = key.split(/[.[]/)[0] ?? "";
            const isConfig = verb === "config" && /^(set|rm|get)$/.test(second) && !/^(<|…|aws:)|VALUE/.test(name);
            if (isConfig && !known.has(name)) faults.push(`${file}: there is no config key ${name}`);
        }
        assert.ok(shapes.size > 15, [...shapes.keys()].join("\n"));
        for (const [shape, file] of shapes) {
            const { exitCode, stderr } = await run(instance, "pulumi", shape.split(" "), "captured");
            if (exitCode !== 0) faults.push(`${file}: pulumi ${shape}: ${stderr.trim().split("\n")[0]}`);
        }
        assert.deepEqual(faults, []);
    });
});
