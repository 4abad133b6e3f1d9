const { globSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..", "..");

/** Specs of a minute or more start first, so that no long spec runs alone at the end. */
const longest = [
    "test/e2e/years.spec.ts",
    "test/e2e/kept.spec.ts",
    "test/e2e/serving.spec.ts",
    "test/e2e/drill-aws.spec.ts",
    "test/e2e/cost-guard.spec.ts",
    "test/e2e/serving-access.spec.ts",
    "test/e2e/operator.spec.ts",
    "test/e2e/preview.spec.ts",
    "test/e2e/demo.spec.ts",
    "test/e2e/batch.spec.ts",
    "test/e2e/choices.spec.ts",
    "test/e2e/access.spec.ts",
    "test/e2e/adopt.spec.ts",
    "test/e2e/killed.spec.ts",
    "test/e2e/reverted.spec.ts",
    "test/e2e/idle.spec.ts",
    "test/e2e/observability.spec.ts",
    "test/model-quality.spec.ts",
    "test/runbooks/audit-leftovers.spec.ts",
    "test/e2e/shop.spec.ts",
    "test/e2e/training.spec.ts",
    "test/e2e/life.spec.ts",
];

/**
 * Specs that only `npm run test:all` runs: each starts a stack on the engine, a local AWS or a browser, or takes a minute,
 * and uses most of the processor time. `npm test` covers the local AWS with the life spec below.
 */
const slow = [
    "packages/local-aws/",
    "packages/access-doctor/test/generated.spec.ts",
    "test/drills/",
    "test/e2e/",
    "test/docs.spec.ts",
    "test/model-quality.spec.ts",
    "test/runbooks/audit-leftovers.spec.ts",
    "test/app/storefront/access.spec.ts",
    "test/app/storefront/measures.spec.ts",
];

/** The complete lifecycle on the engine, which `npm test` runs. */
const wholeLife = "test/e2e/life.spec.ts";

/** Specs that only `npm run test:spark` runs. They need Spark and Java, which that command installs. */
const spark = globSync("test/spark/*.spec.ts", { cwd: root });

/** Specs that only `npm run test:packages` runs. They install packages from npm and PyPI into other folders. */
const packages = globSync("test/packages/*.spec.ts", { cwd: root });

const all = [
    ...globSync("test/**/*.spec.ts", { cwd: root }),
    ...globSync("packages/*/test/**/*.spec.ts", { cwd: root }),
]
    .filter((file) => ![...spark, ...packages].includes(file))
    .sort();
const ordered = [...longest.filter((file) => all.includes(file)), ...all.filter((file) => !longest.includes(file))];

/** Specs in the arguments of the command, as in `npm test test/core/iam/operator.spec.ts`. They replace the list of files. */
const chosen = process.argv.slice(2).filter((argument) => argument.endsWith(".spec.ts"));

/** Returns mocha's settings for a list of files. */
const settings = (files) => ({
    spec: chosen.length > 0 ? chosen : files,
    extension: ["ts"],
    require: ["./test/support/prepare.ts"],
    parallel: true,
    // Run four spec files at the same time on a machine with two cores, because a test of the engine waits for a fifth
    // of its time, and a browser test waits longer.
    jobs: 4,
    // Some tests run the engine seven times, possibly on a busy machine.
    timeout: 240_000,
    slow: 2000,
});

module.exports = {
    everything: settings(ordered),
    spark: { spec: spark, extension: ["ts"], timeout: 600_000, slow: 60_000 },
    packages: { spec: packages, extension: ["ts"], timeout: 300_000, slow: 60_000 },
    quick: settings(ordered.filter((file) => file === wholeLife || !slow.some((place) => file.startsWith(place)))),
};
