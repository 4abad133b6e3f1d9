// `npm run help` reads this file before anything is installed, so it is plain JavaScript.

/**
 * What a user must know about a runbook before a run.
 * @typedef {object} Declaration
 * @property {string} subject heading in `npm run help`
 * @property {string} purpose what the runbook does, without a capital letter and a full stop
 * @property {string} changes what it creates, updates or deletes in the account: `no`, `yes`, or the resource
 * @property {string} costs what a run costs, or `no`
 * @property {boolean} asks whether it asks before the change; `--yes` then answers
 */

const reads = { changes: "no", costs: "no", asks: false };
const before = "Before and after `pulumi up`";
const [recommendations, training, money] = ["Recommendations", "Training", "Money"];

/**
 * All runbooks by the name of their npm script. Their `--help`, `npm run help` and the table of docs/runbooks.md have these texts.
 * @satisfies {Readonly<Record<string, Declaration>>}
 */
export const runbooks = {
    "repair-file": {
        subject: "Your data",
        purpose: "write a repaired copy of a data file in S3",
        changes: "a file in S3",
        costs: "no",
        asks: false,
    },
    doctor: {
        subject: before,
        purpose: "check that all is ready for the first up, with its time and cost",
        ...reads,
    },
    adopt: {
        subject: before,
        purpose: "list what the console made, and the configuration that adopts it",
        ...reads,
    },
    "diagnose-access": {
        subject: before,
        purpose: "find why an import cannot read its data, with the fix",
        ...reads,
    },
    "audit-leftovers": {
        subject: before,
        purpose: "list what still exists in no stack, and costs money",
        ...reads,
    },
    recommend: {
        subject: recommendations,
        purpose: "print the campaign's recommendations for users",
        ...reads,
    },
    "watch-status": {
        subject: recommendations,
        purpose: "show the state of each resource, and the next step",
        ...reads,
    },
    "flush-cache": {
        subject: recommendations,
        purpose: "make the API request every list from the campaign again",
        changes: "the table",
        costs: "calls above the minimum TPS",
        asks: true,
    },
    "forget-viewer": {
        subject: recommendations,
        purpose: "delete a viewer's data from the API's table and caches",
        changes: "the table",
        costs: "no",
        asks: true,
    },
    retrain: {
        subject: training,
        purpose: "train on new data, behind a quality gate",
        changes: "yes",
        costs: "import, training",
        asks: false,
    },
    versions: {
        subject: training,
        purpose: "list every trained version: its data, quality and cost",
        ...reads,
    },
    rollback: {
        subject: training,
        purpose: "switch the campaign to an earlier version, and hold it there",
        changes: "yes",
        costs: "no",
        asks: true,
    },
    park: {
        subject: money,
        purpose: "delete the campaign to stop its cost; the trained version stays",
        changes: "yes",
        costs: "no",
        asks: true,
    },
    resume: {
        subject: money,
        purpose: "create a parked campaign again as it was",
        changes: "yes",
        costs: "the campaign",
        asks: true,
    },
    "cost-report": {
        subject: money,
        purpose: "compare the bill with the prediction",
        changes: "no",
        costs: "≈ $0.02",
        asks: false,
    },
    "budget-alarms": {
        subject: money,
        purpose: "show and test the budget, the alarms and their recipients",
        changes: "with `--create`",
        costs: "no",
        asks: true,
    },
    prices: {
        subject: money,
        purpose: "compare AWS's price list with the program's prices",
        ...reads,
    },
    "publish-metrics": {
        subject: money,
        purpose: "publish the metrics that Personalize does not publish",
        changes: "metrics",
        costs: "metrics",
        asks: false,
    },
};
