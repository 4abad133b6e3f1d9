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
    "bench:experiment": "packages bench/bench-experiment.ts",
    docs: "packages docs/site/site.mjs",
    "docs:build": "packages docs/site/site.mjs build",
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

/** Heading of the commands that only `npm run help -- --all` lists. */
const more = "Measure and prove";

/**
 * Commands of package.json by heading, each with its description.
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
export const groups = {
    Start: {
        demo: "deploy to a local AWS and print recommendations, without an AWS account",
        local: "start, stop and use the local AWS: npm run local -- status, pulumi up, recommend 22",
        "data-prep": "convert your tables of interactions, items and users into files for Personalize",
        ...runbooksOf("Start"),
        pulumi: "run Pulumi with the clone's own tools on your AWS account: npm run pulumi -- up",
        help: "list the commands; --all lists all of them",
    },
    "Every day": runbooksOf("Every day"),
    "When something is wrong": runbooksOf("When something is wrong"),
    Develop: {
        test: "run the quick tests and deploy one whole stack on the local AWS, in 3 to 7 minutes",
        "test:all": "run every test",
        check: "check types, lint, format and unused exports",
        format: "write the format that check requires",
        docs: "show the documents as a site with search, on your machine",
        "docs:write": "write figures and tables of the documents from the code",
    },
    [more]: {
        "test:packages": "install the three packed packages into empty projects, and use them there",
        "test:spark": "compare data-prep on Spark with data-prep; installs Spark and Java",
        coverage: "run the quick tests, and show which code they reach: .local/coverage/index.html",
        "docs:build": "build the site of the documents into docs/site/dist",
        "api:types": "write the API's types from app/api/openapi.yaml",
        pack: "build the packages local-personalize, access-doctor and pulumi-personalize as tarballs",
        screenshots: "take the pictures of docs/ from a running page",
        "bench:api": "measure the speed of the API, and how many calls of the campaign it saves",
        "bench:train": "measure time and memory of a training on the local AWS",
        "bench:serve": "measure the recommendations a second of the local AWS",
        "bench:page": "measure speed and accessibility of the page on a phone, with Lighthouse",
        "bench:prep": "compare speed and memory of data-prep with polars",
        "bench:experiment": "measure errors, power and overhead of an experiment, judged by scipy",
        "drill:kill": "kill the Pulumi engine at forty moments; check that nothing is lost or created twice",
        "drill:revert": "interrupt a change and revert it; check that nothing is lost or trained again",
        "drill:aws": "deploy, operate and delete a stack on your AWS account, and compare it with the local AWS",
    },
};

/**
 * Name and description of each script.
 * @type {Readonly<Record<string, string>>}
 */
export const commands = Object.assign({}, ...Object.values(groups));

/**
 * Returns the npm scripts with their descriptions as text.
 * @param {boolean} [all] whether the text contains the commands of all headings
 */
export function helpText(all = false) {
    const shown = Object.entries(groups).filter(([heading]) => all || heading !== more);
    const width = Math.max(...shown.flatMap(([, scripts]) => Object.keys(scripts)).map((name) => name.length));
    const lines = shown.flatMap(([heading, scripts]) => [
        `\n${heading}`,
        ...Object.entries(scripts).map(([name, line]) => `  ${name.padEnd(width)}  ${line}`),
    ]);
    return [
        "npm run COMMAND -- [options]; each has --help. On the local AWS: npm run local -- COMMAND [options]",
        ...lines,
        `\nDocuments: docs/README.md${all ? "" : ". All commands: npm run help -- --all"}`,
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
    if (name === undefined || name === "--help" || name === "--all") {
        console.log(helpText(name === "--all"));
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
