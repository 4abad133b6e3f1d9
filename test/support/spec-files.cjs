const { globSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..", "..");

/** Specs that run for a minute and more begin first: one that began last would run alone, beside an idle core. */
const longest = [
    "test/e2e/years.spec.ts",
    "test/e2e/serving.spec.ts",
    "test/e2e/park.spec.ts",
    "test/e2e/cost-guard.spec.ts",
    "test/e2e/story.spec.ts",
    "test/e2e/operator.spec.ts",
    "test/e2e/choices.spec.ts",
    "test/e2e/drill-aws.spec.ts",
    "test/e2e/auto-training.spec.ts",
    "test/e2e/adopt.spec.ts",
    "test/e2e/observability.spec.ts",
    "test/e2e/shop.spec.ts",
    "test/e2e/life.spec.ts",
    "test/e2e/killed.spec.ts",
];

/** The one whole life on the real engine that `npm test` runs; `npm run test:all` runs the other specs of test/e2e, too. */
const wholeLife = "test/e2e/life.spec.ts";

const all = [
    ...globSync("test/**/*.spec.ts", { cwd: root }),
    ...globSync("packages/*/test/**/*.spec.ts", { cwd: root }),
].sort();
const ordered = [...longest.filter((file) => all.includes(file)), ...all.filter((file) => !longest.includes(file))];

/** What mocha is called with, for a choice of files. */
const settings = (files) => ({
    spec: files,
    extension: ["ts"],
    require: ["./test/support/prepare.ts"],
    parallel: true,
    // One more than the cores of a small machine: a test of the engine waits a fifth of its time.
    jobs: 3,
    // Some tests run the engine seven times, on a machine that may be busy.
    timeout: 240_000,
    slow: 2000,
});

module.exports = {
    everything: settings(ordered),
    quick: settings(ordered.filter((file) => !file.startsWith("test/e2e/") || file === wholeLife)),
};
