const { globSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..", "..");

/** Specs that run for a minute and more begin first: one that began last would run alone, beside an idle core. */
const longest = [
    "test/e2e/years.spec.ts",
    "test/e2e/serving.spec.ts",
    "test/e2e/drill-aws.spec.ts",
    "test/e2e/live-preview.spec.ts",
    "test/e2e/cost-guard.spec.ts",
    "test/e2e/serving-access.spec.ts",
    "test/e2e/operator.spec.ts",
    "test/e2e/choices.spec.ts",
    "test/e2e/access.spec.ts",
    "test/e2e/adopt.spec.ts",
    "test/e2e/killed.spec.ts",
    "test/e2e/reverted.spec.ts",
    "test/e2e/renamed.spec.ts",
    "test/e2e/observability.spec.ts",
    "test/e2e/shop.spec.ts",
    "test/e2e/auto-training.spec.ts",
    "test/e2e/life.spec.ts",
];

/**
 * Only `npm run test:all` runs these: they start a stack on the real engine, a local AWS or a browser each, and take most
 * of the processor's time. The local AWS is a product of its own, which the whole life below uses.
 */
const slow = [
    "packages/local-aws/",
    "test/drills/",
    "test/e2e/",
    "test/printed-commands.spec.ts",
    "test/app/storefront/access.spec.ts",
    "test/app/storefront/measures.spec.ts",
    "test/app/storefront/real-stack.spec.ts",
];

/** The one whole life on the real engine that `npm test` runs. */
const wholeLife = "test/e2e/life.spec.ts";

/** Only `npm run test:spark` runs these: they need Spark and a Java, which it installs. */
const spark = globSync("test/spark/*.spec.ts", { cwd: root });

const all = [
    ...globSync("test/**/*.spec.ts", { cwd: root }),
    ...globSync("packages/*/test/**/*.spec.ts", { cwd: root }),
]
    .filter((file) => !spark.includes(file))
    .sort();
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
    spark: { spec: spark, extension: ["ts"], timeout: 600_000, slow: 60_000 },
    quick: settings(ordered.filter((file) => file === wholeLife || !slow.some((place) => file.startsWith(place)))),
};
