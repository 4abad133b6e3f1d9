import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import ts from "typescript";
import { keys } from "../config/keys.ts";
import type { Instance } from "../packages/local-aws/instance.ts";
import { run } from "../packages/local-aws/pulumi.ts";
import { commands as described } from "../packages/local-aws/toolchain/help.mjs";
import { runbooks } from "../runbooks/runbooks.mjs";
import { bareInstance } from "./support/bare-instance.ts";
import { itemAt } from "./support/item-at.ts";
import { pages, read, scripts, sources } from "./support/sources.ts";

/** Text that replaces an expression in a template; it is neither an option nor a config key. */
const value = "VALUE";

/**
 * Returns the texts of a source file that a user may see: each string and template, with `VALUE` for each expression.
 */
function textsOf(file: string): string[] {
    const texts: string[] = [];
    const visit = (node: ts.Node): void => {
        if (ts.isTemplateExpression(node)) {
            texts.push(node.head.text + node.templateSpans.map(({ literal }) => value + literal.text).join(""));
        } else if (ts.isStringLiteralLike(node)) {
            texts.push(node.text);
        }
        ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest));
    return texts;
}

const verbs = "up|preview|destroy|refresh|config|stack|cancel|import|login|state";
const commandStart = new RegExp(
    `(?:npm run (?:-s |--silent )?(?<script>[a-z][a-z:-]*)|(?<![\\w/.@-])pulumi (?<verb>${verbs}))(?![\\w:-])`,
    "g",
);
/**
 * Pattern of a word in a command: a quoted text, or characters without spaces, quotes and signs that end the command.
 */
const word = /^ (?<word>"[^"]*"|'[^']*'|[^\s`"'|;&#()]+)/;

/** Returns the commands in a text. A command ends with its line, its code span, its sentence, `&&` or a comment. */
function commandsIn(text: string): string[][] {
    return [...text.matchAll(commandStart)].map((match) => {
        const words = match[0].split(" ").filter((part) => !["npm", "run", "-s", "--silent"].includes(part));
        const spanStart = text.lastIndexOf("`", match.index);
        const isCode = spanStart >= 0 && text.slice(0, match.index).split("`").length % 2 === 0;
        let rest = text.slice(match.index + match[0].length);
        for (let next = word.exec(rest); next !== null; next = word.exec(rest)) {
            rest = rest.slice(next[0].length);
            const bare = (next.groups?.word ?? "").replaceAll(/^["']|["']$/g, "");
            const endsSentence = /[.,:]$/.test(bare) && !isCode;
            words.push(endsSentence ? bare.slice(0, -1) : bare);
            if (endsSentence) break;
        }
        return words;
    });
}

/** Returns each command in messages and documents, with the first file that contains it. */
const commands = new Map<string, { readonly file: string; readonly words: readonly string[] }>();
for (const [file, texts] of [
    ...sources.map((source) => [source, textsOf(source)] as const),
    ...pages.map((page) => [page, [read(page)]] as const),
]) {
    for (const words of texts.flatMap(commandsIn)) {
        if (!commands.has(words.join(" "))) commands.set(words.join(" "), { file, words });
    }
}

/** The Pulumi commands in `commands`, without the words that start the Pulumi CLI. */
const ofPulumi = [...commands.values()].flatMap(({ file, words }) => {
    const start = words.indexOf("pulumi");
    return start < 0
        ? []
        : [{ file, args: words.slice(start + 1).filter((word, index) => index > 0 || word !== "--") }];
});
/** The npm scripts in `commands`: the script, the subcommand of `local`, and the options. */
const ofScripts = [...commands.values()].flatMap(({ file, words: [script = "", ...words] }) => {
    const args = words.filter((word) => word !== "--");
    const isOfLocal = script === "local" && /^[a-z-]+$/.test(args[0] ?? "");
    const options = args.filter((word) => word.startsWith("--")).map((word) => word.replace(/=.*/, ""));
    return script === "pulumi" || words.includes("pulumi") || !(script in scripts)
        ? []
        : [{ file, names: isOfLocal ? [script, itemAt(args, 0)] : [script], options }];
});

const isPlaceholder = (word: string) => word.includes(value) || /^[<…]/.test(word);

describe("Commands in messages and documents", () => {
    let instance: Instance;
    before(async () => {
        instance = await bareInstance();
    });
    after(() => rm(instance.dir, { recursive: true, force: true }));

    it("each printed npm command contains a script of package.json", () => {
        assert.ok(commands.size > 300, `${commands.size} commands`);
        const unknown = [...commands.values()].filter(
            ({ words: [name = ""] }) => name !== "pulumi" && !(name in scripts),
        );
        assert.deepEqual(
            unknown.filter(({ words: [name = ""] }) => !name.endsWith(":")),
            [],
        );
    });

    const helps = new Map<string, Promise<string>>();
    /** Returns the help of an npm script or of a subcommand of `local`. Starts each program once. */
    function helpOf(names: readonly string[]): Promise<string> {
        const [name = "", ...rest] =
            names[0] === "local" && names[1] !== undefined && names[1] in scripts ? names.slice(1) : names;
        const key = [name, ...rest].join(" ");
        const help = helps.get(key) ?? startHelp(name, rest);
        helps.set(key, help);
        return help;
    }
    async function startHelp(name: string, rest: readonly string[]): Promise<string> {
        const program = /\s(\S+\.(?:ts|mjs))$/.exec(scripts[name] ?? "")?.[1];
        if (program === undefined) return "";
        const { stdout, stderr } = await run(instance, process.execPath, [program, ...rest, "--help"], "captured");
        return stdout + stderr;
    }

    it("each command's `--help` prints two valid examples and the option `--version`", async () => {
        const programs = Object.keys(described).filter((name) =>
            /\s(?:runbooks|data-prep|bench|test\/drills|packages)\/\S+\.ts$/.test(scripts[name] ?? ""),
        );
        assert.ok(programs.length >= 25, `${programs.length} programs`);
        for (const name of programs) {
            const help = await helpOf([name]);
            const common = ["--version", ...(name in runbooks ? ["--stack", "--json", "--verbose"] : [])];
            for (const option of common) assert.match(help, new RegExp(`^ +${option} `, "m"), name);
            const examples = help.split("Examples:\n")[1]?.trimEnd().split("\n") ?? [];
            assert.ok(examples.length >= 2, `${name}: ${examples.length} examples`);
            for (const example of examples.filter((line) => line.startsWith("  "))) {
                assert.match(example, new RegExp(`^  npm run (-s )?${name}( -- (?!-- )|$)`));
                // Skip the options of `npm run local`, because they belong to its subcommands.
                for (const [option] of name === "local" ? [] : example.matchAll(/ (--[a-z-]+)/g)) {
                    assert.ok(help.includes(`  ${option.trim()}`), `${name} has no ${option}`);
                }
            }
        }
    });

    it("each option of a printed npm command appears in the script's help", async () => {
        const faults: string[] = [];
        for (const { file, names, options } of ofScripts.filter(({ options }) => options.length > 0)) {
            const help = await helpOf(names);
            const missing = options.filter((option) => !help.includes(option));
            faults.push(...missing.map((option) => `${file}: ${names.join(" ")} ${option}`));
        }
        assert.deepEqual(faults, []);
    });

    it("the Pulumi CLI accepts the options of each printed pulumi command", async () => {
        const shapes = new Map<string, string>();
        for (const { file, args } of ofPulumi) {
            const [verb = "", second = ""] = args;
            const verbs = ["config", "stack"].includes(verb) && /^[a-z]+$/.test(second) ? [verb, second] : [verb];
            const rest = args.slice(verbs.length);
            const end = rest.indexOf("--");
            const options = (end < 0 ? rest : rest.slice(0, end)).filter((word) => word.startsWith("-"));
            const withValue = ["--stack", "--parent", "--target"];
            const shape = [...verbs, "--help", ...options.flatMap((o) => (withValue.includes(o) ? [o, "dev"] : [o]))];
            if (!args.includes("--cwd")) shapes.set(shape.join(" "), file);
        }
        assert.ok(shapes.size > 15, [...shapes.keys()].join("\n"));
        const faults: string[] = [];
        for (const [shape, file] of shapes) {
            const { exitCode, stderr } = await run(instance, "pulumi", shape.split(" "), "captured");
            if (exitCode !== 0) faults.push(`${file}: pulumi ${shape}: ${stderr.trim().split("\n")[0]}`);
        }
        assert.deepEqual(faults, []);
    });

    it("each printed pulumi config command sets an existing config key", () => {
        const knownKeys = new Set([...Object.keys(keys), "operatedStack"]);
        const faults = ofPulumi.flatMap(({ file, args }) => {
            const [verb, action = "", ...rest] = args.filter((word) => !/^(--cwd|operator)$/.test(word));
            if (verb !== "config" || !/^(set|rm|get)$/.test(action)) return [];
            const key =
                rest.filter((word, index) => !word.startsWith("-") && rest[index - 1] !== "--stack")[0] ?? value;
            const name = key.split(/[.[]/)[0] ?? "";
            return knownKeys.has(name) || name.startsWith("aws:") || isPlaceholder(name)
                ? []
                : [`${file}: ${args.join(" ")}`];
        });
        assert.deepEqual(faults, []);
    });
});
