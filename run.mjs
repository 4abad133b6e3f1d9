// `node run.mjs COMMAND` starts a command of package.json with the tools that it needs; `npm run help` lists all. It runs
// before anything is installed, so this file is plain JavaScript and imports only Node.js modules.
import { pathToFileURL } from "node:url";
import { start } from "./packages/local-aws/toolchain/bootstrap.mjs";
import { runbooks } from "./runbooks/runbooks.mjs";

const mocha = "node_modules/mocha/bin/mocha.js";

/**
 * Programs by command, each after the level of tools that bootstrap.mjs installs for it.
 * @type {Readonly<Record<string, string>>}
 */
export const programs = {
    demo: "local packages/local-aws/demo/demo.ts",
    screenshots: "packages packages/local-aws/demo/screenshots.ts",
    test: `test ${mocha}`,
    "test:all": `test ${mocha} --config .mocharc.all.cjs`,
    "test:spark": `spark ${mocha} --config .mocharc.spark.cjs`,
    "test:packages": `test ${mocha} --config .mocharc.packages.cjs`,
    pack: "local packages/pack.ts",
    coverage: `test node_modules/c8/bin/c8.js --config .c8rc.json ${mocha} --no-parallel`,
    local: "local packages/local-aws/cli.ts",
    pulumi: "engine pulumi",
    "drill:kill": "test test/drills/drill-kill.ts",
    "drill:aws": "test test/drills/drill-aws.ts",
    "drill:revert": "test test/drills/drill-revert.ts",
    "bench:api": "local bench/bench-api.ts",
    "bench:train": "local bench/bench-train.ts",
    "bench:serve": "local bench/bench-serve.ts",
    "bench:page": "page bench/bench-page.ts",
    "bench:prep": "packages bench/bench-prep.ts",
    "docs:write": "packages docs/write.ts",
    "data-prep": "packages data-prep/cli.ts",
    ...Object.fromEntries(Object.keys(runbooks).map((name) => [name, `packages runbooks/${name}.ts`])),
};

const runbooksOf = (/** @type {string} */ heading) =>
    Object.fromEntries(
        Object.entries(runbooks).flatMap(([name, { subject, purpose }]) =>
            subject === heading ? [[name, purpose]] : [],
        ),
    );

/**
 * Commands of package.json by heading, each with its description.
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
export const groups = {
    "Start here": {
        demo: "from nothing to recommendations, on a local AWS, without an account",
        help: "list all commands; npm run help -- NAME shows one",
        test: "prove the product in minutes; test:all proves everything",
    },
    "Your data": {
        "data-prep": "turn any table of interactions into the files of the program",
    },
    "The local AWS": {
        local: "start, stop and use it: npm run local -- status, pulumi up, recommend 22",
        pulumi: "run Pulumi with the clone's own engine and Node, on your AWS account",
    },
    "Before and after `pulumi up`": runbooksOf("Before and after `pulumi up`"),
    Recommendations: runbooksOf("Recommendations"),
    Training: runbooksOf("Training"),
    Money: runbooksOf("Money"),
    "Measure and prove": {
        "bench:api": "speed of the API, and the calls of the campaign that it saves",
        "bench:train": "time and memory of its training",
        "bench:serve": "recommendations a second of the local AWS",
        "bench:page": "speed and accessibility of the storefront on a phone, by Lighthouse",
        "bench:prep": "speed and memory of data-prep, beside polars",
        "drill:kill": "kill the engine at forty moments: nothing is lost or doubled",
        "drill:revert": "stop a change halfway and set it back: nothing is lost or trained again",
        "drill:aws": "play the whole life of a stack on your AWS account",
    },
    "Change the program": {
        check: "types, lint, format and unused exports",
        format: "repair the format",
        "test:all": "run every test",
        coverage: "run the quick tests and show which code they reach: .local/coverage/index.html",
        "test:packages": "install the packed packages into empty projects, and use them there",
        pack: "build and pack the packages that others install: local-personalize, access-doctor",
        "test:spark": "compare data-prep on Spark with data-prep; installs Spark and a Java",
        "docs:write": "write the marked figures, tables and lists of the documents from the code",
        "api:types": "make the API's types of app/api/openapi.yaml",
        screenshots: "take the pictures of docs/ from a running page",
    },
};

/**
 * Name and description of each script.
 * @type {Readonly<Record<string, string>>}
 */
export const commands = Object.assign({}, ...Object.values(groups));

/** Returns the list of all npm scripts with their descriptions as text. */
export function helpText() {
    const width = Math.max(...Object.keys(commands).map((name) => name.length));
    const lines = Object.entries(groups).flatMap(([purpose, scripts]) => [
        `\n${purpose}`,
        ...Object.entries(scripts).map(([name, line]) => `  ${name.padEnd(width)}  ${line}`),
    ]);
    return [
        "npm run COMMAND -- [options]; each has --help with examples. On the local AWS: npm run local -- COMMAND [options]",
        ...lines,
        "\nDocuments by reader: docs/README.md",
    ].join("\n");
}

/** Returns the scripts that start with the word's first three letters or contain the word, the most similar first. */
function similar(/** @type {string} */ word) {
    const letters = (/** @type {string} */ name) => [...name].sort().join("");
    const common = (/** @type {string} */ name) =>
        [...letters(word)].filter((letter) => name.includes(letter)).length / name.length;
    return Object.keys(commands)
        .filter((name) => name.startsWith(word.slice(0, 3)) || name.includes(word))
        .sort((a, b) => common(b) - common(a));
}

/** @param {readonly string[]} args */
function help([name, ...rest]) {
    if (name === undefined || name === "--help") {
        console.log(helpText());
    } else if (name === "--json") {
        console.log(JSON.stringify({ schemaVersion: 1, groups }));
    } else if (name in commands && rest.length === 0) {
        console.log(`${name}: ${commands[name]}\nOptions and examples: npm run ${name} -- --help`);
    } else {
        const [guess] = similar(name);
        const hint = guess === undefined ? "List all with: npm run help" : `Did you mean ${guess}?`;
        process.stderr.write(`error: there is no command ${name}. ${hint}\n`);
        process.exitCode = 2;
    }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
    const [name = "help", ...args] = process.argv.slice(2);
    const program = programs[name];
    if (program === undefined) help(name === "help" ? args : [name, ...args]);
    else await start(...program.split(" "), ...args);
}
